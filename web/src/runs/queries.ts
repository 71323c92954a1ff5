import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { getJson, withQuery } from '../api/http';
import type { Delivery, Message, Run, RunRequest, Session } from '../api/types';
import type { RunFilter } from './filters';

/** Fifteen lines of a wall, or two screens of a desk. */
const pageSize = 50;

interface RunPage {
  runs: Run[];
  next_cursor: string | null;
}

/** Why a run is where it is (GET /runs/{id}/diagnose). */
export interface Diagnosis {
  likely_issue: { code: string; text: string };
  waiting_for: { kind: string; ids: string[] } | null;
  queue_position: number | null;
  last_event_at: string | null;
  total_limit_s: number;
  idle_limit_s: number;
  /** Of daemons that know it: working, waiting, quiet, stalled or dead, with one sentence. */
  health?: { state: string; text?: string | null } | string | null;
}

export const runsQuery = (filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'list', filter],
    queryFn: ({ pageParam, signal }) => getJson<RunPage>(withQuery('/runs', { ...filter, limit: pageSize, cursor: pageParam }), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['runs', id],
    queryFn: async ({ signal }) => (await getJson<{ run: Run }>(`/runs/${id}`, signal)).run,
  });

export const diagnosisQuery = (id: string) =>
  queryOptions({
    queryKey: ['runs', id, 'diagnose'],
    queryFn: async ({ signal }) => (await getJson<{ diagnostics: Diagnosis }>(`/runs/${id}/diagnose`, signal)).diagnostics,
  });

export const childrenQuery = (id: string) =>
  queryOptions({
    queryKey: ['runs', id, 'children'],
    queryFn: async ({ signal }) => (await getJson<RunPage>(withQuery('/runs', { parent_run_id: id, limit: 100 }), signal)).runs,
  });

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id],
    queryFn: async ({ signal }) => (await getJson<{ session: Session }>(`/sessions/${id}`, signal)).session,
  });

/** Messages of a session that no agent has yet, oldest first. */
export const waitingQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ['messages', sessionId, 'stored'],
    queryFn: async ({ signal }) =>
      (
        await getJson<{ messages: Message[] }>(withQuery(`/sessions/${sessionId}/messages`, { delivery: 'stored', limit: 100 }), signal)
      ).messages.filter((message) => message.role === 'user'),
  });

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', id],
    queryFn: async ({ signal }) => (await getJson<{ request: RunRequest }>(`/requests/${id}`, signal)).request,
  });

export const runDeliveriesQuery = (runId: string) =>
  queryOptions({
    queryKey: ['deliveries', 'run', runId],
    queryFn: async ({ signal }) =>
      (await getJson<{ deliveries: Delivery[] }>(withQuery('/deliveries', { run_id: runId, limit: 20 }), signal)).deliveries,
  });
