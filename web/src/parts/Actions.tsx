import { lazy, Suspense, useState, type ReactNode } from 'react';
import './parts.css';

/** One entry of a menu. A disabled one says why. */
export interface Action {
  title: string;
  run: () => void;
  keys?: string;
  why?: string;
  tone?: 'plain' | 'bad';
}

export interface ActionsProps {
  /** For those who do not see the button. */
  label: string;
  actions: readonly (Action | 'line')[];
  children?: ReactNode;
}

const ActionsMenu = lazy(() => import('./ActionsMenu'));

/** A menu behind a button. What makes menus is fetched when somebody opens one. */
export function Actions(props: ActionsProps) {
  const [isAsked, ask] = useState(false);
  const { label, children } = props;
  const button = (
    <button
      type="button"
      className={children ? 'button' : 'icon-button'}
      aria-haspopup="menu"
      aria-label={children ? undefined : label}
      onClick={() => ask(true)}
    >
      {children ?? '⋯'}
    </button>
  );
  if (!isAsked) return button;
  return (
    <Suspense fallback={button}>
      <ActionsMenu {...props} />
    </Suspense>
  );
}
