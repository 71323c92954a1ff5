import { queryOptions } from '@tanstack/react-query';
import type { Got, Posted, Shape } from '../api/answer';
import { getJson, getText, withQuery } from '../api/http';

export type Plan = Shape<'Plan'>;
export type PlanPhase = Shape<'PlanPhase'>;
export type Unit = Shape<'PlanEntry'>;
export type Finding = Shape<'ImportFinding'>;
export type Decision = Shape<'PlanDecision'>;
export type Edge = Shape<'PlanEdge'>;
export type PlanRound = Shape<'PlanRound'>;
export type Wish = Shape<'Wish'>;
export type PlanShown = Got<'/plans/{id}'>;
export type PlanWhy = Got<'/plans/{id}/why'>;
export type Imported = Posted<'/plans'>;

const one = <T>(id: string, what: string, path = what) => ({
  queryKey: ['plans', id, what],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<T>(`/plans/${encodeURIComponent(id)}${path && `/${path}`}`, signal),
});

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: ({ signal }) => getJson<Got<'/plans'>>('/plans?limit=200', signal),
});
export const planQuery = (id: string) => queryOptions(one<PlanShown>(id, 'shown', ''));
export const graphQuery = (id: string) => queryOptions(one<Got<'/plans/{id}/graph'>>(id, 'graph'));
export const whyQuery = (id: string) => queryOptions(one<PlanWhy>(id, 'why'));
export const simulationQuery = (id: string, atOnce: string) =>
  queryOptions({
    ...one<Got<'/plans/{id}/simulation'>>(id, `simulation ${atOnce}`, withQuery('simulation', { max_parallel: atOnce })),
  });
export const exportQuery = (id: string, format: string) =>
  queryOptions({
    queryKey: ['plans', id, 'export', format],
    queryFn: ({ signal }) => getText(`/plans/${encodeURIComponent(id)}/export?format=${format}`, signal),
  });
export const wishesQuery = queryOptions({
  queryKey: ['wishes'],
  queryFn: ({ signal }) => getJson<Got<'/wishes'>>('/wishes?limit=50', signal),
});
