import { useSyncExternalStore } from 'react';
import { cache, ownsPatching } from '../api/client';
import { getJson, withQuery } from '../api/http';
import { stream } from '../api/stream';
import type { CardList } from '../api/types';
import { cardsNow, cardsQuery, patchCards } from './queries';
import { touchedBy } from './touched';

/** Cards that changed are read at most so often, in one request. */
const pauseMs = 400;
/** Figures that only grow may be a little behind. */
const slowMs = 2_000;
/** Most ids in one address. */
const most = 100;

const soon = new Set<string>();
const later = new Set<string>();
/** Commands under way: what is read of them now may be of before. */
const busy = new Map<string, number>();
let timer: ReturnType<typeof setTimeout> | null = null;
let lastAt = 0;
let lastSlowAt = 0;

const lines = new Map<string, string>();
const lineWatchers = new Map<string, Set<() => void>>();

const tellLine = (id: string): void => lineWatchers.get(id)?.forEach((watcher) => watcher());

function watchLine(id: string, watcher: () => void): () => void {
  const watchers = lineWatchers.get(id) ?? new Set();
  lineWatchers.set(id, watchers.add(watcher));
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) lineWatchers.delete(id);
  };
}

/** The newest line of an item's run: what the stream brought since the card was read, else what the card has. */
export const useLine = (id: string, read: string | null): string | null =>
  useSyncExternalStore(
    (watcher) => watchLine(id, watcher),
    () => lines.get(id),
  ) ?? read;

function plan(): void {
  if (soon.size === 0 && later.size === 0) return;
  const now = Date.now();
  const wait = soon.size > 0 ? lastAt + pauseMs - now : lastSlowAt + slowMs - now;
  timer ??= setTimeout(() => void flush(), Math.max(0, wait));
}

/** Has cards read anew, with the others that are due. */
export function readCards(ids: Iterable<string>): void {
  for (const id of ids) soon.add(id);
  if (timer !== null) clearTimeout(timer);
  timer = null;
  plan();
}

function take(): string[] {
  const ids: string[] = [];
  for (const set of [soon, later]) {
    if (set === later && Date.now() - lastSlowAt < slowMs) continue;
    for (const id of set) {
      if (busy.has(id) || ids.length >= most) continue;
      ids.push(id);
      set.delete(id);
    }
  }
  return ids;
}

async function flush(): Promise<void> {
  const isReading = cache.isFetching({ queryKey: cardsQuery.queryKey }) > 0;
  const ids = isReading || cardsNow() === undefined ? [] : take();
  lastAt = Date.now();
  if (later.size === 0) lastSlowAt = lastAt;
  try {
    if (ids.length > 0) await readThese(ids);
  } catch {
    // The stream is lost too then; its return has everything read anew.
    ids.forEach((id) => later.add(id));
  } finally {
    timer = null;
    // Nothing is shown yet: the first reading brings it all.
    if (cardsNow() === undefined && !isReading) soon.clear();
    plan();
  }
}

async function readThese(ids: string[]): Promise<void> {
  const read = await getJson<CardList>(withQuery('/board/cards', { ids: ids.join(',') }));
  const free = read.cards.filter((card) => !busy.has(card.id));
  for (const card of free) lines.delete(card.id);
  patchCards(free, read.gone);
  for (const card of free) tellLine(card.id);
}

/** Keeps what was guessed on the cards until the command has ended, then reads them. */
export async function whileBusy<T>(ids: readonly string[], command: () => Promise<T>): Promise<T> {
  ids.forEach((id) => busy.set(id, (busy.get(id) ?? 0) + 1));
  try {
    return await command();
  } finally {
    for (const id of ids) {
      const left = (busy.get(id) ?? 1) - 1;
      if (left === 0) busy.delete(id);
      else busy.set(id, left);
    }
    readCards(ids);
  }
}

let isFollowing = false;

/** Couples the cards to the stream, once; from then on no event has the whole list read. */
export function followCards(): void {
  if (isFollowing) return;
  isFollowing = true;
  ownsPatching('cards');
  stream.onEvents((events) => {
    const touched = touchedBy(events, cardsNow()?.values() ?? []);
    for (const [id, line] of touched.lines) {
      lines.set(id, line);
      tellLine(id);
    }
    touched.soon.forEach((id) => soon.add(id));
    touched.later.forEach((id) => later.add(id));
    if (touched.all) void cache.invalidateQueries({ queryKey: cardsQuery.queryKey });
    plan();
  });
  stream.onGap(() => lines.clear());
}
