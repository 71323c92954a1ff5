import { columns, columnOf, type Column, type Layout } from './columns';

/** Which cards are chosen, and on which one the keys act. */
export interface Selection {
  focus: string | null;
  chosen: ReadonlySet<string>;
}

export const nothingChosen: Selection = { focus: null, chosen: new Set() };

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The card in a direction: up and down within the column, left and right at the same height in the next column that has cards. Pure. */
export function neighbour(layout: Layout, from: string | null, direction: Direction): string | null {
  const column = from === null ? null : columnOf(layout, from);
  if (from === null || column === null) return columns.map(({ id }) => layout[id][0]).find((id) => id !== undefined) ?? null;
  const at = layout[column].indexOf(from);
  if (direction === 'up') return layout[column][Math.max(0, at - 1)] ?? null;
  if (direction === 'down') return layout[column][Math.min(layout[column].length - 1, at + 1)] ?? null;
  return beside(layout, column, at, direction === 'left' ? -1 : 1) ?? from;
}

function beside(layout: Layout, column: Column, at: number, step: number): string | null {
  const order = columns.map(({ id }) => id);
  for (let next = order.indexOf(column) + step; next >= 0 && next < order.length; next += step) {
    const cards = layout[order[next]!];
    if (cards.length > 0) return cards[Math.min(at, cards.length - 1)]!;
  }
  return null;
}

/** The same card in or out of the choice. */
export function toggle(selection: Selection, id: string): Selection {
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  return { focus: id, chosen };
}

/** Goes on and takes both cards into the choice. */
export function extend(layout: Layout, selection: Selection, direction: 'up' | 'down'): Selection {
  const next = neighbour(layout, selection.focus, direction);
  if (next === null) return selection;
  return { focus: next, chosen: new Set([...selection.chosen, ...(selection.focus ? [selection.focus] : []), next]) };
}

/** Every card that is shown. */
export const chooseAll = (layout: Layout, selection: Selection): Selection => ({
  ...selection,
  chosen: new Set(columns.flatMap(({ id }) => layout[id])),
});

/** Without what is not shown any more. When the card of the focus is gone, the one at its place gets it. Pure. */
export function keep(before: Layout, layout: Layout, selection: Selection): Selection {
  const shown = new Set(columns.flatMap(({ id }) => layout[id]));
  const chosen = new Set([...selection.chosen].filter((id) => shown.has(id)));
  let focus = selection.focus;
  if (focus !== null && !shown.has(focus)) {
    const column = columnOf(before, focus);
    const at = column === null ? -1 : before[column].indexOf(focus);
    focus = column === null ? null : (layout[column][Math.min(at, layout[column].length - 1)] ?? null);
  }
  return focus === selection.focus && chosen.size === selection.chosen.size ? selection : { focus, chosen };
}

/** Whom an action means: the choice when the card belongs to it, else the card alone. */
export const meant = (selection: Selection, id: string | null): string[] =>
  id === null ? [...selection.chosen] : selection.chosen.has(id) ? [...selection.chosen] : [id];
