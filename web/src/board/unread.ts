import { useSyncExternalStore } from 'react';
import type { Card } from '../api/types';

/** When cards were last looked at, kept in this browser. What was there before the first visit counts as seen. */
interface Seen {
  from: string;
  cards: Record<string, string>;
}

const kept = 'board.seen';
const most = 2_000;

function read(): Seen {
  try {
    const found = JSON.parse(localStorage.getItem(kept) ?? 'null') as Seen | null;
    if (found && typeof found.from === 'string' && typeof found.cards === 'object') return found;
  } catch {
    // A broken note is no note.
  }
  const fresh: Seen = { from: new Date().toISOString(), cards: {} };
  localStorage.setItem(kept, JSON.stringify(fresh));
  return fresh;
}

let seen: Seen | null = null;
const watchers = new Set<() => void>();

/** Notes that a person has looked at a card. */
export function markSeen(card: Pick<Card, 'id' | 'since'>): void {
  const now = (seen ??= read());
  if (now.cards[card.id] === card.since) return;
  const entries = Object.entries({ ...now.cards, [card.id]: card.since });
  seen = { from: now.from, cards: Object.fromEntries(entries.slice(-most)) };
  localStorage.setItem(kept, JSON.stringify(seen));
  watchers.forEach((watcher) => watcher());
}

/** What came to a person's turn or to its end since they last looked: worth a mark. Pure. */
export const isNew = (card: Pick<Card, 'id' | 'since' | 'column' | 'needs'>, notes: Seen): boolean =>
  (card.needs !== null || card.column === 'review' || card.column === 'done') &&
  Date.parse(card.since) > Date.parse(notes.cards[card.id] ?? notes.from);

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

export const useUnread = (card: Card): boolean => useSyncExternalStore(subscribe, () => isNew(card, (seen ??= read())));
