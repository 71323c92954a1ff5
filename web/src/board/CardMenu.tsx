import { lazy, Suspense } from 'react';
import type { Card } from '../api/types';
import { useControls } from './controls';

const OpenCardMenu = lazy(() => import('./OpenCardMenu'));

/** The menu of a card. Only the open one is more than a button: a board has a thousand of them. */
export function CardMenu({ card, isOpen, isFocus }: { card: Card; isOpen: boolean; isFocus: boolean }) {
  const controls = useControls();
  const look = {
    type: 'button' as const,
    className: 'icon-button card-more',
    'aria-label': `Actions on ${card.title}`,
    tabIndex: isFocus ? 0 : -1,
  };
  const closed = (
    <button
      {...look}
      aria-haspopup="menu"
      onClick={() => {
        controls.focus(card.id);
        controls.menu(card.id);
      }}
    >
      ⋯
    </button>
  );
  if (!isOpen) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenCardMenu card={card} button={look} />
    </Suspense>
  );
}
