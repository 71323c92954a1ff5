import { queryOptions } from '@tanstack/react-query';
import type { Got } from '../api/answer';
import type { paths } from '../api/schema.gen';
import { getJson } from '../api/http';

const read = <Path extends keyof paths>(key: readonly string[], path: Path, query = '') =>
  queryOptions({
    queryKey: key,
    queryFn: ({ signal }) => getJson<Got<Path>>(`${path}${query}`, signal),
  });

export const nextQuery = read(['queue', 'next'], '/queue/next', '?limit=30');
export const statsQuery = read(['queue', 'stats'], '/items/stats');
export const queueProjectsQuery = read(['queue', 'projects'], '/queue/projects');
export const workersQuery = read(['workers'], '/api/agents');
export const providersQuery = read(['providers'], '/providers');
export const worktreesQuery = read(['worktrees'], '/worktrees');
export const worktreeFindingsQuery = read(['worktrees', 'findings'], '/worktrees/findings');
export const deliveriesQuery = read(
  ['deliveries', 'in line'],
  '/deliveries',
  '?state=waiting,integrating,verifying,landing,publishing,open,conflict&limit=100',
);

export type Next = Got<'/queue/next'>;
export type Worktree = Got<'/worktrees'>['worktrees'][number];
export type QueueProject = Got<'/queue/projects'>['projects'][number];
export type DayLimit = Got<'/usage'>['limits'][number];
