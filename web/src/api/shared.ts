import { queryOptions } from '@tanstack/react-query';
import type { Got } from './answer';
import { getJson } from './http';
import type { Item } from './types';

// What several features read. A key of the cache has one shape: it is written down in one place (keys.test.ts).

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => getJson<Got<'/projects'>>('/projects', signal),
});

/** Profiles with the agent each names. */
export const profilesQuery = queryOptions({
  queryKey: ['profiles'],
  queryFn: ({ signal }) => getJson<Got<'/profiles'>>('/profiles', signal),
});

export const itemQuery = (id: string) =>
  queryOptions({
    queryKey: ['items', id],
    queryFn: async ({ signal }) => (await getJson<{ item: Item }>(`/items/${id}`, signal)).item,
  });

/** The last check of the machine. Its end is no event: while one is made, it is asked for again. */
export const doctorQuery = queryOptions({
  queryKey: ['doctor'],
  queryFn: ({ signal }) => getJson<Got<'/doctor'>>('/doctor', signal),
  refetchInterval: (query) => (query.state.data?.state === 'running' ? 700 : false),
});

/** How the daemon is, with its slots and what is in them. */
export const statusQuery = queryOptions({
  queryKey: ['queue', 'status'],
  queryFn: ({ signal }) => getJson<Got<'/daemon/status'>>('/daemon/status', signal),
});
