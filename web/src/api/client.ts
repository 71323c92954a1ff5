import { QueryClient } from '@tanstack/react-query';
import { Problem } from './http';
import { stream } from './stream';
import type { StoreEvent } from './types';

/**
 * The cache of what was read. Keys begin with the name of the collection: ['items'], ['items', id], ['runs', id, 'diff'], ['plans'].
 * Nothing goes stale by age: the stream says what changed.
 */
export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 3 && error instanceof Problem && (error.body.retryable ?? false),
    },
  },
});

/** Event type prefix → collections whose lists and single rows it touches. What one run prints touches none of them. */
const touched: readonly (readonly [prefix: string, collections: readonly string[]])[] = [
  ['item.', ['items', 'cards', 'needs', 'plans', 'queue', 'reviews']],
  ['run.', ['runs', 'cards', 'needs', 'queue']],
  ['request.', ['requests', 'needs', 'cards']],
  ['session.', ['sessions']],
  ['message.', ['messages']],
  ['plan.', ['plans', 'needs', 'cards']],
  ['wish.', ['wishes', 'plans', 'needs']],
  ['review.', ['reviews', 'items', 'needs', 'cards']],
  ['finding.', ['reviews', 'needs']],
  ['check.', ['checks', 'items', 'cards', 'reviews']],
  ['delivery.', ['deliveries', 'items', 'cards', 'needs']],
  ['pull.', ['deliveries', 'items', 'cards', 'needs']],
  ['project.', ['projects']],
  ['queue.', ['queue', 'needs']],
  ['provider.', ['providers', 'needs']],
  ['token.', ['tokens']],
  ['config.', ['config', 'profiles', 'projects']],
  ['request.rule_', ['rules']],
  ['plan.wish', ['wishes']],
  ['run.', ['usage', 'worktrees']],
  ['workspace.', ['worktrees']],
  ['worker.', ['workers', 'queue']],
  ['budget.', ['usage', 'queue', 'needs']],
  ['notification.', ['notifications']],
  ['project.trust', ['trust', 'config', 'profiles']],
  ['doctor.', ['doctor']],
];

/** Printed and told in between: many, and shown by who follows that run alone. */
const isChatter = (type: string): boolean =>
  [
    'run.output',
    'run.message',
    'run.reasoning',
    'run.tool_call',
    'run.tool_result',
    'run.usage',
    'run.file_change',
    'run.delta',
    'backend.event',
    'run.plan',
  ].includes(type);

/** The collections that events touch, for one pass over the cache. Pure. */
export function collectionsOf(events: readonly StoreEvent[]): Set<string> {
  const found = new Set<string>();
  for (const event of events) {
    if (isChatter(event.event_type)) continue;
    for (const [prefix, collections] of touched) if (event.event_type.startsWith(prefix)) collections.forEach((name) => found.add(name));
  }
  return found;
}

/** Collections that are patched row by row by their own listener, never read anew as a whole. */
const patchedByRow = new Set<string>();

/** Says that a collection has its own listener (see board/live.ts). */
export const ownsPatching = (collection: string): void => void patchedByRow.add(collection);

/** Reading anew at most so often per collection, however many events come. */
const pauseMs = 400;
const due = new Map<string, ReturnType<typeof setTimeout>>();
const lastRead = new Map<string, number>();

function readAnew(collection: string): void {
  if (due.has(collection)) return;
  const wait = Math.max(0, pauseMs - (Date.now() - (lastRead.get(collection) ?? 0)));
  due.set(
    collection,
    setTimeout(() => {
      due.delete(collection);
      lastRead.set(collection, Date.now());
      void cache.invalidateQueries({ queryKey: [collection] });
    }, wait),
  );
}

/** Couples the cache to the stream. Called once. */
export function followStream(): void {
  stream.onEvents((events) => {
    for (const collection of collectionsOf(events)) if (!patchedByRow.has(collection)) readAnew(collection);
  });
  stream.onGap(() => void cache.invalidateQueries());
}
