import { queryOptions } from '@tanstack/react-query';
import { cache } from '../api/client';
import type { Got } from '../api/answer';
import { getJson, withQuery } from '../api/http';
import type { Card, CardList } from '../api/types';

/** Every card by its id. A new map for each change; cards that did not change stay the same objects. */
export type Cards = ReadonlyMap<string, Card>;

const pageSize = 500;

async function readAll(signal: AbortSignal): Promise<Cards> {
  const cards = new Map<string, Card>();
  let cursor: string | null = null;
  do {
    const page: CardList = await getJson<CardList>(withQuery('/board/cards', { limit: pageSize, cursor }), signal);
    for (const card of page.cards) cards.set(card.id, card);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return cards;
}

export const cardsQuery = queryOptions({ queryKey: ['cards'], queryFn: ({ signal }) => readAll(signal), structuralSharing: false });

/** The cards read so far, outside of a component. */
export const cardsNow = (): Cards | undefined => cache.getQueryData<Cards>(cardsQuery.queryKey);

/** Puts new states of cards in, and takes those out that are gone. Cards that are the same stay the same objects. Pure. */
export function patched(cards: Cards, fresh: readonly Card[], gone: readonly string[]): Cards {
  const next = new Map(cards);
  let changed = false;
  for (const card of fresh) {
    const old = next.get(card.id);
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(card)) continue;
    next.set(card.id, card);
    changed = true;
  }
  for (const id of gone) changed = next.delete(id) || changed;
  return changed ? next : cards;
}

export const patchCards = (fresh: readonly Card[], gone: readonly string[] = []): void =>
  void cache.setQueryData<Cards>(cardsQuery.queryKey, (cards) => (cards ? patched(cards, fresh, gone) : cards));

/** The daemon's own state; of it the board shows how many runs there may be at once. */
export const statusQuery = queryOptions({
  queryKey: ['daemon', 'status'], queryFn: ({ signal }) => getJson<Got<'/daemon/status'>>('/daemon/status', signal),
});
