import { describe, expect, it } from 'vitest';
import { barOf, extent, panned, rowsOf, shares, ticksOf, union, without, zoomed, type Span } from './layout';

const noon = Date.parse('2026-01-31T12:00:00Z');
const at = (minute: number): string => new Date(noon + minute * 60_000).toISOString();
const span = (id: string, from: number, to: number | null, change: Partial<Span> = {}): Span => ({
  id,
  parent: null,
  kind: 'run',
  title: id,
  state: null,
  is_wait: false,
  is_human: false,
  from: at(from),
  to: to === null ? null : at(to),
  run_id: null,
  ...change,
});
const now = noon + 10 * 60_000;

describe('the drawing of a timeline', () => {
  it('reaches from the first beginning to now', () => {
    expect(extent([span('a', 1, 2), span('b', 0, null)], now)).toEqual({ from: noon, to: now });
    expect(extent([span('a', 1, 1)], now).to - extent([span('a', 1, 1)], now).from).toBe(1_000);
    expect(extent([], now).to).toBe(now);
  });

  it('has a line for each span, deeper below its parent, none below what is folded', () => {
    const spans = [
      span('a', 0, 9),
      span('b', 1, 2, { parent: 'a' }),
      span('c', 1, 2, { parent: 'b' }),
      span('d', 3, 4, { parent: 'gone' }),
    ];
    expect(rowsOf(spans, new Set()).map((row) => [row.span.id, row.depth, row.hasBelow])).toEqual([
      ['a', 0, true],
      ['b', 1, true],
      ['c', 2, false],
      ['d', 0, false],
    ]);
    expect(rowsOf(spans, new Set(['a'])).map((row) => row.span.id)).toEqual(['a', 'd']);
  });

  it('puts bars where their time is', () => {
    const window = { from: noon, to: noon + 10 * 60_000 };
    expect(barOf(span('a', 2, 5), window, 1_000, now)).toEqual({ x: 200, width: 300 });
    expect(barOf(span('a', 5, null), window, 1_000, now)).toEqual({ x: 500, width: 500 });
    expect(barOf(span('a', -5, 1), window, 1_000, now)).toEqual({ x: 0, width: 100 });
    expect(barOf(span('a', 3, 3), window, 1_000, now)).toEqual({ x: 300, width: 3 });
    expect(barOf(span('a', 10, 10), window, 1_000, now)).toEqual({ x: 997, width: 3 });
    expect(barOf(span('a', -5, -1), window, 1_000, now)).toBeNull();
    expect(barOf(span('a', 11, 12), window, 1_000, now)).toBeNull();
  });

  it('marks round lengths', () => {
    const ticks = ticksOf({ from: noon, to: noon + 10 * 60_000 }, noon, 1_000);
    expect(ticks.map((tick) => tick.ms / 60_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(ticksOf({ from: noon + 1_300, to: noon + 2_300 }, noon, 450).map((tick) => tick.ms)).toEqual([1_500, 1_750, 2_000, 2_250]);
    expect(ticksOf({ from: noon, to: noon + 400 * 86_400_000 }, noon, 500).length).toBeLessThan(8);
  });

  it('zooms around a point and stays within the whole', () => {
    const whole = { from: 0, to: 10_000 };
    expect(zoomed(whole, whole, 0.5, 0)).toEqual({ from: 0, to: 5_000 });
    expect(zoomed({ from: 0, to: 5_000 }, whole, 0.5, 1)).toEqual({ from: 2_500, to: 5_000 });
    expect(zoomed({ from: 0, to: 5_000 }, whole, 8)).toEqual(whole);
    expect(panned({ from: 0, to: 5_000 }, whole, 0.5)).toEqual({ from: 2_500, to: 7_500 });
    expect(panned({ from: 0, to: 5_000 }, whole, 3)).toEqual({ from: 5_000, to: 10_000 });
  });
});

describe('how the time went', () => {
  it('joins what overlaps and takes others out', () => {
    const minutes = (list: { from: number; to: number }[]): number[][] =>
      list.map((one) => [(one.from - noon) / 60_000, (one.to - noon) / 60_000]);
    const joined = union([span('a', 4, 6), span('b', 0, 2), span('c', 1, 3)], now);
    expect(minutes(joined)).toEqual([
      [0, 3],
      [4, 6],
    ]);
    expect(minutes(without(joined, union([span('x', 1, 5)], now)))).toEqual([
      [0, 1],
      [5, 6],
    ]);
    expect(minutes(without(union([span('a', 0, 9)], now), union([span('x', 2, 3), span('y', 5, 6)], now)))).toEqual([
      [0, 2],
      [3, 5],
      [6, 9],
    ]);
  });

  it('counts every moment once', () => {
    const spans = [
      span('ready', 0, 2, { kind: 'status', is_wait: true }),
      span('queue', 2, 3, { kind: 'queue', is_wait: true }),
      span('run', 2, 8),
      span('wait', 4, 6, { kind: 'wait', is_wait: true }),
      span('question', 4, 6, { kind: 'request', is_human: true }),
      span('review', 8, null, { kind: 'status', is_human: true }),
      span('check', 8, 9, { kind: 'check' }),
    ];
    const { worked, human, waited } = shares(spans, now);
    expect([worked, human, waited].map((ms) => ms / 60_000)).toEqual([4, 3, 3]);
  });
});
