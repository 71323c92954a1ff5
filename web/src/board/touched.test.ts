import { describe, expect, it } from 'vitest';
import { patched } from './queries';
import { card, event } from './sample';
import { lastLine, touchedBy } from './touched';

const cards = [
  card('a', { run_id: 'r1', column: 'in_flight', parent: 'p' }),
  card('p', { children: { open: 1, total: 1 } }),
  card('b', { column: 'ready', dependencies: { open: 1, total: 2 }, plan: 'plan1' }),
];

describe('what events touch', () => {
  it('is the card itself and its parent, by item or by run', () => {
    expect([...touchedBy([event('run.waiting', { run_id: 'r1' })], cards).soon]).toEqual(['a', 'p']);
    expect([...touchedBy([event('item.added', { item_id: 'new' })], cards).soon]).toEqual(['new']);
    expect(touchedBy([event('session.created')], cards)).toMatchObject({ soon: new Set(), later: new Set(), all: false });
  });

  it('is a line and no reading, when a run prints', () => {
    const touched = touchedBy(
      [
        event('run.output', { item_id: 'a', data: { text: 'one\ntwo\n' } }),
        event('run.message', { run_id: 'r1', data: { text: 'three' } }),
        event('run.tool_call', { item_id: 'a' }),
      ],
      cards,
    );
    expect(touched.lines.get('a')).toBe('three');
    expect(touched.soon.size + touched.later.size).toBe(0);
  });

  it('is later for figures, for what waits for a moved item, and for a plan', () => {
    expect([...touchedBy([event('run.usage', { run_id: 'r1' })], cards).later]).toEqual(['a']);
    expect([...touchedBy([event('item.moved', { item_id: 'a' })], cards).later]).toEqual(['b']);
    expect([...touchedBy([event('plan.phase_opened', { data: { plan_id: 'plan1' } })], cards).later]).toEqual(['b']);
    expect([...touchedBy([event('queue.paused')], cards).later]).toEqual(['b']);
  });

  it('is everything when the queue was emptied', () => {
    expect(touchedBy([event('item.cleared')], cards).all).toBe(true);
  });

  it('shows the last line that says something, without colours, control and direction signs', () => {
    expect(lastLine('one\n\u001b[31mred\u001b[0m\u202e!\n\n')).toBe('red⟨U+202E⟩!');
    expect(lastLine('\n \n')).toBeNull();
    expect(lastLine('x'.repeat(900))).toHaveLength(300);
  });
});

describe('patching', () => {
  it('keeps what is the same, replaces what is not, takes out what is gone', () => {
    const before = new Map(cards.map((one) => [one.id, one]));
    expect(patched(before, [{ ...cards[0]! }], [])).toBe(before);
    const after = patched(before, [{ ...cards[0]!, title: 'New' }], ['b']);
    expect(after.get('a')!.title).toBe('New');
    expect(after.get('p')).toBe(cards[1]);
    expect(after.has('b')).toBe(false);
    expect(before.get('a')!.title).toBe('Card a');
  });
});
