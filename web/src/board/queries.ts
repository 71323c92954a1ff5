import { queryOptions } from '@tanstack/react-query';
import { cache } from '../api/client';
import type { Got } from '../api/answer';
import { getJson, withQuery } from '../api/http';
import type { Card, CardList } from '../api/types';

/** Every card by its id. A new map for each change; cards that did not change stay the same objects. */
export type Cards = ReadonlyMap<string, Card>;

/** Where the cards go on that ended earlier than those that were read; null when all are there. */
export const olderQuery = queryOptions<string | null>({
  queryKey: ['cards-older'],
  queryFn: () => null,
  enabled: false,
  initialData: null,
});

const readPage = (cursor: string | null, signal?: AbortSignal): Promise<CardList> =>
  getJson<CardList>(withQuery('/board/cards', { cursor }), signal);

/** Everything that has not ended and the newest that has. */
async function readFirst(signal: AbortSignal): Promise<Cards> {
  const page = await readPage(null, signal);
  cache.setQueryData(olderQuery.queryKey, page.next_cursor);
  return new Map(page.cards.map((card) => [card.id, card]));
}

export const cardsQuery = queryOptions({ queryKey: ['cards'], queryFn: ({ signal }) => readFirst(signal), structuralSharing: false });

/** Reads the next page of what has ended. */
export async function readOlder(): Promise<void> {
  const page = await readPage(cache.getQueryData(olderQuery.queryKey) ?? null);
  cache.setQueryData(olderQuery.queryKey, page.next_cursor);
  patchCards(page.cards);
}

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
  queryKey: ['daemon', 'status'],
  queryFn: ({ signal }) => getJson<Got<'/daemon/status'>>('/daemon/status', signal),
});
