import { useEffect, useRef, useState, type RefObject } from 'react';
import { type Layout } from './columns';
import { keep, nothingChosen, type Selection } from './selection';

export const elementOfCard = (id: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`);

/**
 * What is chosen and where the keys act. Follows the layout: what is gone leaves the choice, the focus goes to the card at its place; a
 * card that is made anew in another column keeps the focus it had.
 */
export function useSelection(layout: Layout, board: RefObject<HTMLElement | null>) {
  const [selection, setSelection] = useState<Selection>(nothingChosen);
  const before = useRef(layout);
  const hadFocus = useRef(false);
  const kept = keep(before.current, layout, selection);
  useEffect(() => {
    before.current = layout;
    if (kept !== selection) setSelection(kept);
  }, [layout, kept, selection]);
  useEffect(() => {
    const onFocus = (event: FocusEvent): void => {
      hadFocus.current =
        event.target instanceof HTMLElement &&
        (board.current?.contains(event.target) ?? false) &&
        event.target.closest('[data-card]') !== null;
    };
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof HTMLElement && event.target.closest('[data-card]') === null) hadFocus.current = false;
    };
    document.addEventListener('focusin', onFocus);
    document.addEventListener('pointerdown', onDown);
    return () => {
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('pointerdown', onDown);
    };
  }, [board]);
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body && kept.focus !== null)
      elementOfCard(kept.focus)?.focus({ preventScroll: true });
  });
  return { selection: kept, setSelection, hadFocus };
}
