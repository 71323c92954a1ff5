import type { Card } from '../api/types';

export type Column = Card['column'];

/** The columns in order, with what stands in an empty one. */
export const columns: readonly { id: Column; title: string; empty: string }[] = [
  { id: 'inbox', title: 'Inbox', empty: 'Written down and not looked at yet. Press c to add something.' },
  { id: 'ready', title: 'Ready', empty: 'What may be started. Drag a card here, or press r on it.' },
  { id: 'in_flight', title: 'In flight', empty: 'What agents work on now.' },
  { id: 'review', title: 'Review', empty: 'Work that waits to be looked at.' },
  { id: 'done', title: 'Done', empty: 'Finished, failed and given up.' },
];

export const titleOf = (column: Column): string => columns.find((one) => one.id === column)!.title;

/** Ids of cards by column, in the order in which they are shown. */
export type Layout = Readonly<Record<Column, readonly string[]>>;

export const emptyLayout: Layout = { inbox: [], ready: [], in_flight: [], review: [], done: [] };

/** The most urgent first. */
export const priorities = ['urgent', 'high', 'medium', 'low'] as const;

/** 0 is the most urgent; a word that is not known comes last. */
export const rankOf = (priority: string): number => {
  const at = (priorities as readonly string[]).indexOf(priority);
  return at < 0 ? priorities.length : at;
};

const byNeed = (a: Card, b: Card): number => Number(a.needs === null) - Number(b.needs === null);
const oldestFirst = (a: Card, b: Card): number => Date.parse(a.since) - Date.parse(b.since) || a.number - b.number;

/** How a column is ordered: what waits for a person first, then as work is taken from it. */
export function compare(column: Column): (a: Card, b: Card) => number {
  switch (column) {
    case 'inbox':
      return (a, b) => byNeed(a, b) || b.number - a.number;
    case 'ready':
      return (a, b) => byNeed(a, b) || rankOf(a.priority) - rankOf(b.priority) || a.number - b.number;
    case 'in_flight':
    case 'review':
      return (a, b) => byNeed(a, b) || oldestFirst(a, b);
    case 'done':
      return (a, b) => byNeed(a, b) || -oldestFirst(a, b);
  }
}

/** The cards in their columns, in order. Pure. */
export function layoutOf(cards: Iterable<Card>): Layout {
  const found: Record<Column, Card[]> = { inbox: [], ready: [], in_flight: [], review: [], done: [] };
  for (const card of cards) found[card.column]?.push(card);
  return Object.fromEntries(columns.map(({ id }) => [id, found[id].sort(compare(id)).map((card) => card.id)])) as unknown as Layout;
}

/** The column a card is shown in, or null. */
export const columnOf = (layout: Layout, id: string): Column | null => columns.find((column) => layout[column.id].includes(id))?.id ?? null;
