import { columns, emptyLayout, type Column, type Layout } from './columns';

/** What is shown, and how many cards wait to come, go or change places, by column. */
export interface Settled {
  layout: Layout;
  waiting: Readonly<Record<Column, number>>;
}

const placesOf = (layout: Layout): Map<string, Column> => {
  const places = new Map<string, Column>();
  for (const { id } of columns) for (const card of layout[id]) places.set(card, id);
  return places;
};

/** How many of `wanted` stand elsewhere than in `shown`; both have the same members. */
const displaced = (shown: readonly string[], wanted: readonly string[]): number => {
  const at = new Map(wanted.map((id, index) => [id, index]));
  // The longest run of cards that keep their order stays; the others have moved.
  const tails: number[] = [];
  for (const id of shown) {
    const place = at.get(id)!;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tails[middle]! < place) low = middle + 1;
      else high = middle;
    }
    tails[low] = place;
  }
  return shown.length - tails.length;
};

/** Puts those who stay in a column behind the one they stood behind. */
function insert(order: string[], stayers: readonly string[], shown: readonly string[]): string[] {
  for (const id of stayers) {
    const before = shown.slice(0, shown.indexOf(id)).findLast((other) => order.includes(other));
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, id);
  }
  return order;
}

/**
 * What may change now: a column in `held` keeps its cards and their order, and no card leaves or enters it. A card that would go between
 * a held column and another stays where it is, so that it is shown once. Cards in `free` (a person has just moved them) go at once, and
 * what is not there any more (`exists`) goes too. Pure.
 */
export function settle(
  shown: Layout,
  wanted: Layout,
  held: ReadonlySet<Column>,
  exists: (id: string) => boolean,
  free: ReadonlySet<string> = new Set(),
): Settled {
  const waiting = { inbox: 0, ready: 0, in_flight: 0, review: 0, done: 0 };
  if (held.size === 0) return { layout: wanted, waiting };
  const from = placesOf(shown);
  const to = placesOf(wanted);
  const isHeld = (column: Column | undefined): boolean => column !== undefined && held.has(column);
  const place = (id: string): Column | undefined => {
    const [old, next] = [from.get(id), to.get(id)];
    if (free.has(id) || old === next) return next;
    if (!exists(id)) return undefined;
    return isHeld(old) || isHeld(next) ? old : next;
  };
  const layout: Record<Column, readonly string[]> = { ...emptyLayout };
  for (const { id: column } of columns) {
    const mine = wanted[column].filter((id) => place(id) === column);
    const stayers = shown[column].filter((id) => place(id) === column && to.get(id) !== column);
    if (!held.has(column)) {
      layout[column] = insert(mine, stayers, shown[column]);
      continue;
    }
    const old = shown[column].filter((id) => place(id) === column);
    layout[column] = [...mine.filter((id) => free.has(id) && from.get(id) !== column), ...old];
    const fresh = wanted[column].filter((id) => place(id) !== column).length;
    const same = old.filter((id) => to.get(id) === column);
    waiting[column] =
      fresh +
      stayers.length +
      displaced(
        same,
        wanted[column].filter((id) => same.includes(id)),
      );
  }
  return { layout, waiting };
}
