import { queryOptions } from '@tanstack/react-query';
import type { Got } from '../api/answer';
import { getJson, withQuery } from '../api/http';
import type { Check, Item, Run, StoreEvent } from '../api/types';

/** The checks of an item's work, newest first. */
export const checksQuery = (id: string) =>
  queryOptions({
    queryKey: ['checks', id],
    queryFn: async ({ signal }) => (await getJson<{ checks: Check[] }>(`/items/${id}/checks`, signal)).checks,
  });

/** The runs of an item, newest first. */
export const attemptsQuery = (id: string) =>
  queryOptions({
    queryKey: ['runs', 'of', id],
    queryFn: async ({ signal }) => (await getJson<{ runs: Run[] }>(withQuery('/runs', { item_id: id, limit: 100 }), signal)).runs,
  });

export const whyQuery = (id: string) =>
  queryOptions({
    queryKey: ['queue', 'why', id],
    queryFn: ({ signal }) => getJson<Got<'/items/{id}/why'>>(`/items/${id}/why`, signal),
  });

/** What became of an item, oldest first; all pages. */
export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ['items', id, 'events'],
    queryFn: async ({ signal }) => {
      const events: StoreEvent[] = [];
      let cursor: string | undefined;
      for (;;) {
        const page = await getJson<{ events: StoreEvent[]; next_cursor: string }>(
          withQuery(`/items/${id}/events`, { limit: 500, cursor }),
          signal,
        );
        events.push(...page.events);
        if (page.events.length < 500) return events;
        cursor = page.next_cursor;
      }
    },
  });

export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: ['items', 'steps', id],
    queryFn: async ({ signal }) => (await getJson<{ items: Item[] }>(withQuery('/items', { parent: id, limit: 200 }), signal)).items,
  });
