import { describe, expect, it } from 'vitest';
import { emptyLayout } from './columns';
import { chooseAll, extend, keep, meant, neighbour, nothingChosen, toggle } from './selection';

const layout = { ...emptyLayout, inbox: ['a', 'b', 'c'], in_flight: ['d'], done: ['e', 'f'] };

describe('selection', () => {
  it('walks within a column and over empty ones, and stops at the ends', () => {
    expect(neighbour(layout, null, 'down')).toBe('a');
    expect(neighbour(layout, 'a', 'down')).toBe('b');
    expect(neighbour(layout, 'c', 'down')).toBe('c');
    expect(neighbour(layout, 'a', 'up')).toBe('a');
    expect(neighbour(layout, 'c', 'right')).toBe('d');
    expect(neighbour(layout, 'd', 'right')).toBe('e');
    expect(neighbour(layout, 'a', 'left')).toBe('a');
    expect(neighbour(layout, 'gone', 'up')).toBe('a');
    expect(neighbour(emptyLayout, null, 'down')).toBeNull();
  });

  it('chooses, extends and chooses all', () => {
    const one = toggle(nothingChosen, 'a');
    expect([...extend(layout, one, 'down').chosen]).toEqual(['a', 'b']);
    expect(toggle(one, 'a').chosen.size).toBe(0);
    expect(chooseAll(layout, one).chosen.size).toBe(6);
  });

  it('means all that are chosen only when the card is one of them', () => {
    const chosen = { focus: 'a', chosen: new Set(['a', 'b']) };
    expect(meant(chosen, 'b')).toEqual(['a', 'b']);
    expect(meant(chosen, 'd')).toEqual(['d']);
    expect(meant(chosen, null)).toEqual(['a', 'b']);
  });

  it('gives the focus to the card at the place of one that is gone, and drops it from the choice', () => {
    const now = { ...layout, inbox: ['a', 'c'] };
    expect(keep(layout, now, { focus: 'b', chosen: new Set(['b', 'c']) })).toEqual({ focus: 'c', chosen: new Set(['c']) });
    const same = { focus: 'a', chosen: new Set(['c']) };
    expect(keep(layout, now, same)).toBe(same);
  });
});
