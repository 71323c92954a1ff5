import { useCallback, useMemo, useRef, useState } from 'react';
import { columns, emptyLayout, layoutOf, type Column, type Layout } from './columns';
import { fits, searchOf, type Filter } from './filters';
import { forgetFreed, freedNow } from './freed';
import { settle, type Settled } from './hold';
import type { Cards } from './queries';

/** How the cards are laid out, and what waits because a person points at a column. */
export interface BoardLayout extends Settled {
  /** The pointer came over a column, or left it. */
  hold: (column: Column, isOver: boolean) => void;
  /** Nothing moves as long as this is on: a menu is open, a card is dragged, a title is edited. */
  freeze: (isFrozen: boolean) => void;
  /** Shows everything that waits. */
  showChanges: () => void;
}

const allColumns = new Set(columns.map(({ id }) => id));
const noColumns: ReadonlySet<Column> = new Set();

/** Lays out the cards that fit; columns under the pointer keep their order until it leaves, or the person asks for the changes. */
export function useLayout(cards: Cards, filter: Filter): BoardLayout {
  const [over, setOver] = useState<Column | null>(null);
  const [isFrozen, freeze] = useState(false);
  const [release, setRelease] = useState(0);
  const shown = useRef<{ layout: Layout; key: string }>({ layout: emptyLayout, key: '' });
  const wanted = useMemo(() => layoutOf([...cards.values()].filter((card) => fits(filter, card))), [cards, filter]);
  // Another filter is a person's wish: it shows at once. So does a click on the chip, and the first reading.
  const key = `${searchOf(filter)} ${release}`;
  const settled = useMemo(() => {
    const isWish = key !== shown.current.key || columns.every(({ id }) => shown.current.layout[id].length === 0);
    const held = isWish ? noColumns : isFrozen ? allColumns : over === null ? noColumns : new Set([over]);
    const next = settle(shown.current.layout, wanted, held, (id) => cards.has(id), freedNow());
    shown.current = { layout: next.layout, key };
    if (held.size === 0) forgetFreed();
    return next;
  }, [wanted, cards, key, over, isFrozen]);
  const hold = useCallback((column: Column, isOver: boolean) => setOver((now) => (isOver ? column : now === column ? null : now)), []);
  const showChanges = useCallback(() => setRelease((count) => count + 1), []);
  return { ...settled, hold, freeze, showChanges };
}
