import type { Card } from '../api/types';
import { titleOf, type Column } from './columns';

/** One call to the daemon: a transition of the item, the acceptance of its reviewed work, or the start of a run. */
export type Step = { to: string } | { do: 'accept' } | { do: 'run' };

/** What moving a card there means: the calls and what they do in words, or why it cannot be. */
export type Move = { steps: readonly Step[]; says: string; status: string } | { why: string };

/** What of a card decides where it may go. */
export type Movable = Pick<Card, 'status' | 'column' | 'children'>;

/** Where a person may move an item, as the daemon's lifecycle has it. What is in flight is stopped, not moved. */
const byPerson: Readonly<Record<string, readonly string[]>> = {
  inbox: ['planning', 'ready', 'done', 'canceled'],
  planning: ['inbox', 'ready', 'done', 'blocked', 'canceled'],
  ready: ['planning', 'done', 'blocked', 'canceled', 'skipped'],
  in_flight: [],
  review: ['done', 'blocked', 'failed', 'canceled'],
  blocked: ['inbox', 'planning', 'ready', 'done', 'canceled', 'skipped'],
  failed: ['ready', 'done', 'canceled', 'skipped'],
  done: ['ready'],
  canceled: ['inbox', 'done'],
  skipped: ['inbox', 'done'],
};

/** The shortest way by person's moves, over nothing but planning, inbox and ready; null when there is none. Pure. */
export function wayTo(from: string, to: string): string[] | null {
  const ways: string[][] = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    const last = way.at(-1)!;
    if (last === to) return way.slice(1);
    for (const next of byPerson[last] ?? []) {
      if (seen.has(next) || (next !== to && !['planning', 'inbox', 'ready'].includes(next))) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}

const transitions = (from: string, to: string, says: string): Move => {
  const way = wayTo(from, to);
  return way === null
    ? { why: `What is ${words(from)} cannot go to ${words(to)}.` }
    : { steps: way.map((step) => ({ to: step })), says, status: to };
};

const words = (status: string): string => status.replaceAll('_', ' ');

const accept: Move = {
  steps: [{ do: 'accept' }],
  says: 'Accepts the work; its delivery follows the project’s settings.',
  status: 'done',
};

function toFlight(card: Movable): Move {
  if (card.status === 'review') return { why: 'Say in the review what is to be mended; a run follows.' };
  const way = card.status === 'inbox' || card.status === 'planning' ? [] : wayTo(card.status, 'ready');
  if (way === null) return { why: `What is ${words(card.status)} cannot be started.` };
  return { steps: [...way.map((to) => ({ to })), { do: 'run' }], says: 'Starts a run now.', status: 'in_flight' };
}

/** What moving a card to a column does. Pure. */
export function moveOf(card: Movable, column: Column): Move {
  if (card.column === column && !['blocked', 'failed', 'canceled', 'skipped'].includes(card.status))
    return { why: `It is in ${titleOf(column)}.` };
  if (card.children.total > 0) return { why: 'Its steps say where it is.' };
  if (card.status === 'in_flight') return { why: 'A run is at work on it: stop the run first.' };
  switch (column) {
    case 'inbox':
      return transitions(card.status, 'inbox', 'Puts it back to be looked at.');
    case 'ready':
      return transitions(card.status, 'ready', 'Lets it be started.');
    case 'in_flight':
      return toFlight(card);
    case 'review':
      return { why: 'Work gets here by itself, when its run has ended.' };
    case 'done':
      if (card.status === 'done') return { why: 'It is done.' };
      return card.status === 'review' ? accept : transitions(card.status, 'done', 'Counts it as done; nobody checks it.');
  }
}

/** The end of an item that is not wanted any more. Pure. */
export function cancelOf(card: Movable): Move {
  if (card.children.total > 0) return { why: 'Its steps say where it is.' };
  if (card.status === 'in_flight') return { why: 'Stop its run instead.' };
  if (card.status === 'canceled') return { why: 'It is canceled.' };
  return transitions(card.status, 'canceled', 'Takes it out of the queue.');
}

/** The way back, for Undo; null when there is none that leaves things as they were. Pure. */
export function undoOf(card: Movable, move: Move): string[] | null {
  if ('why' in move || move.steps.some((step) => 'do' in step)) return null;
  return wayTo(move.status, card.status);
}

const columnsOf: Readonly<Record<string, Column>> = {
  inbox: 'inbox',
  planning: 'inbox',
  ready: 'ready',
  in_flight: 'in_flight',
  review: 'review',
  done: 'done',
  canceled: 'done',
  skipped: 'done',
};

/** The same of an item, which has no column of its own. Blocked stands where it would go on. Pure. */
export const movableOf = (item: { status: Card['status'] | null; steps: number }): Movable => ({
  status: item.status ?? 'inbox',
  column: columnsOf[item.status ?? 'inbox'] ?? 'ready',
  children: { open: 0, total: item.steps },
});

/** The card as it will be, shown before the daemon has said so. Pure. */
export const moved = (card: Card, status: string): Card => ({
  ...card,
  status: status as Card['status'],
  column: columnsOf[status] ?? card.column,
  since: new Date().toISOString(),
  needs: null,
  reasons: [],
});
