import { createContext, useContext } from 'react';
import type { Column } from './columns';

/** What a card asks of the board. One object for the life of the board, so that cards are made anew only when they change. */
export interface Controls {
  /** Goes to the item's page. */
  open: (id: string) => void;
  /** The keys act on this card from now on. */
  focus: (id: string) => void;
  /** Goes to this card with the focus, and into sight. */
  go: (id: string) => void;
  toggle: (id: string) => void;
  menu: (id: string | null) => void;
  edit: (id: string | null) => void;
  rename: (id: string, title: string) => void;
  /** Cards were dropped on a column. */
  drop: (ids: readonly string[], column: Column) => void;
  /** The cards an action on this one means: all that are chosen when it is one of them. */
  meant: (id: string) => string[];
  newItem: (column: Column) => void;
  showChanges: () => void;
}

export const BoardContext = createContext<Controls | null>(null);

export const useControls = (): Controls => {
  const controls = useContext(BoardContext);
  if (controls === null) throw new Error('A card is shown outside of the board.');
  return controls;
};
