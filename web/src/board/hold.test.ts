import { describe, expect, it } from 'vitest';
import { emptyLayout, type Column, type Layout } from './columns';
import { settle } from './hold';

const layout = (members: Partial<Record<Column, string[]>>): Layout => ({ ...emptyLayout, ...members });
const there = () => true;
const over = (...columns: Column[]) => new Set(columns);

describe('holding changes back', () => {
  it('lets everything go when nobody points at anything', () => {
    const wanted = layout({ ready: ['b', 'a'] });
    const settled = settle(layout({ ready: ['a', 'b'] }), wanted, new Set(), there);
    expect(settled.layout).toEqual(wanted);
    expect(settled.waiting.ready).toBe(0);
  });

  it('keeps the order under the pointer and counts what waits', () => {
    const shown = layout({ ready: ['a', 'b', 'c'] });
    const settled = settle(shown, layout({ ready: ['c', 'a', 'b'] }), over('ready'), there);
    expect(settled.layout.ready).toEqual(['a', 'b', 'c']);
    expect(settled.waiting.ready).toBe(1);
  });

  it('keeps a card that wants to leave, and shows it nowhere else', () => {
    const settled = settle(layout({ ready: ['a', 'b'], in_flight: [] }), layout({ ready: ['b'], in_flight: ['a'] }), over('ready'), there);
    expect(settled.layout).toMatchObject({ ready: ['a', 'b'], in_flight: [] });
    expect(settled.waiting.ready).toBe(1);
  });

  it('has a card wait at its old place, among its old neighbours, when its new column is held', () => {
    const settled = settle(
      layout({ ready: ['a', 'b', 'c'], in_flight: ['d'] }),
      layout({ ready: ['a', 'c'], in_flight: ['b', 'd'] }),
      over('in_flight'),
      there,
    );
    expect(settled.layout).toMatchObject({ ready: ['a', 'b', 'c'], in_flight: ['d'] });
    expect(settled.waiting).toMatchObject({ in_flight: 1, ready: 0 });
  });

  it('lets new cards wait, and takes away what is not there any more', () => {
    const settled = settle(layout({ inbox: ['a', 'b'] }), layout({ inbox: ['new', 'b'] }), over('inbox'), (id) => id !== 'a');
    expect(settled.layout.inbox).toEqual(['b']);
    expect(settled.waiting.inbox).toBe(1);
  });

  it('goes on in the other columns', () => {
    const settled = settle(
      layout({ inbox: ['a'], done: ['x', 'y'] }),
      layout({ inbox: ['a'], done: ['y', 'z', 'x'] }),
      over('inbox'),
      there,
    );
    expect(settled.layout.done).toEqual(['y', 'z', 'x']);
  });

  it('moves at once what a person moved', () => {
    const settled = settle(
      layout({ inbox: ['a', 'b'], ready: ['c'] }),
      layout({ inbox: ['b'], ready: ['c', 'a'] }),
      over('inbox', 'ready'),
      there,
      new Set(['a']),
    );
    expect(settled.layout).toMatchObject({ inbox: ['b'], ready: ['a', 'c'] });
    expect(settled.waiting.ready).toBe(0);
  });
});

describe('holding changes back, whatever comes', () => {
  it('never loses and never doubles a card, and stays as it is when asked again', () => {
    const columns: Column[] = ['inbox', 'ready', 'in_flight', 'review', 'done'];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const deal = (): Layout => {
      const dealt = layout({ inbox: [], ready: [], in_flight: [], review: [], done: [] }) as Record<Column, string[]>;
      for (const id of 'abcdefghijkl') (dealt[columns[random(5)]!] as string[]).splice(random(3), 0, id);
      return dealt;
    };
    let shown = deal();
    for (let round = 0; round < 500; round++) {
      const wanted = deal();
      const held = new Set(columns.filter(() => random(3) === 0));
      const settled = settle(shown, wanted, held, there);
      expect(Object.values(settled.layout).flat().sort().join('')).toBe('abcdefghijkl');
      for (const column of held) expect(settled.layout[column]).toEqual(shown[column]);
      expect(settle(settled.layout, wanted, held, there)).toEqual(settled);
      shown = settled.layout;
    }
  });
});
