import { describe, expect, it } from 'vitest';
import type { Card } from '../api/types';
import { columnOf, layoutOf } from './columns';
import { card } from './sample';

describe('columns', () => {
  it('puts a blocked card where the daemon says it stands', () => {
    const layout = layoutOf([card('a', { status: 'blocked', column: 'ready' })]);
    expect(layout.ready).toEqual(['a']);
    expect(columnOf(layout, 'a')).toBe('ready');
    expect(columnOf(layout, 'z')).toBeNull();
  });

  it('orders Ready by priority, then by number, and what needs a person comes first', () => {
    const ready = (id: string, number: number, priority: Card['priority'], needs: Card['needs'] = null) =>
      card(id, { column: 'ready', number, priority, needs });
    const layout = layoutOf([ready('a', 1, 'low'), ready('b', 2, 'urgent'), ready('c', 3, 'urgent'), ready('d', 4, 'low', 'decision')]);
    expect(layout.ready).toEqual(['d', 'b', 'c', 'a']);
  });

  it('shows the newest first in Inbox and Done, the longest waiting first in Review', () => {
    const at = (id: string, column: 'done' | 'review', since: string) => card(id, { column, since });
    const layout = layoutOf([
      card('a', { number: 1 }),
      card('b', { number: 2 }),
      at('c', 'done', '2026-01-01T00:00:00Z'),
      at('d', 'done', '2026-01-02T00:00:00Z'),
      at('e', 'review', '2026-01-02T00:00:00Z'),
      at('f', 'review', '2026-01-01T00:00:00Z'),
    ]);
    expect(layout).toMatchObject({ inbox: ['b', 'a'], done: ['d', 'c'], review: ['f', 'e'] });
  });

  it('leaves out a card of a column that it does not know', () => {
    expect(Object.values(layoutOf([card('a', { column: 'attic' as 'done' })])).flat()).toEqual([]);
  });
});
