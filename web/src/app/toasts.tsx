import { useSyncExternalStore } from 'react';
import { wordsOf } from '../api/http';
import './toasts.css';

/** A word at the edge of the screen. With an undo it stays longer. */
interface Toast {
  id: number;
  /** When it was said, ms since 1970. */
  at: number;
  text: string;
  tone: 'plain' | 'bad';
  undo?: () => void;
}

const staysMs = 6_000;
const staysWithUndoMs = 30_000;

let toasts: readonly Toast[] = [];
let count = 0;
const watchers = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  watchers.forEach((watcher) => watcher());
}

const close = (id: number): void => set(toasts.filter((toast) => toast.id !== id));

/** Says something in the live region. `undo` takes it back. */
export function tell(text: string, options: { tone?: 'plain' | 'bad'; undo?: () => void } = {}): void {
  const toast: Toast = {
    id: ++count,
    at: Date.now(),
    text,
    tone: options.tone ?? 'plain',
    ...(options.undo ? { undo: options.undo } : {}),
  };
  set([...toasts.slice(-3), toast]);
  setTimeout(() => close(toast.id), options.undo ? staysWithUndoMs : staysMs);
}

/** Somebody went to another page: what has been there for its time is about the one before, and would only cover this one. */
export const pageLeft = (): void => {
  const left = toasts.filter((toast) => Date.now() - toast.at < staysMs);
  if (left.length < toasts.length) set(left);
};

/** Tells why something did not work. */
export const tellProblem = (error: unknown): void => tell(wordsOf(error), { tone: 'bad' });

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={`toast toast-${toast.tone}`}>
          <span className="grow">{toast.text}</span>
          {toast.undo && (
            <button
              type="button"
              className="button button-small"
              onClick={() => {
                toast.undo?.();
                close(toast.id);
              }}
            >
              Undo
            </button>
          )}
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => close(toast.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
