import { queryOptions } from '@tanstack/react-query';
import { getJson, getText } from '../api/http';
import type { Check, Finding, Round } from '../api/types';
import { parseDiff } from '../parts/diffText';

/** What there is to know before work is accepted (GET /reviews/{id}). */
export interface Review {
  item_id: string | null;
  run_id: string | null;
  title: string;
  status: string;
  waits_for: string | null;
  diff_stat: string | null;
  report: string | null;
  check: Check | null;
  rounds: Round[];
  findings: Finding[];
}

export const reviewQuery = (id: string) =>
  queryOptions({ queryKey: ['reviews', id], queryFn: ({ signal }) => getJson<Review>(`/reviews/${id}`, signal) });

export const diffQuery = (runId: string) =>
  queryOptions({
    queryKey: ['runs', runId, 'diff'],
    queryFn: async ({ signal }) => parseDiff(await getText(`/runs/${runId}/diff`, signal)),
  });
