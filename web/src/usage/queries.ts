import { queryOptions } from '@tanstack/react-query';
import type { Got } from '../api/answer';
import { getJson, withQuery } from '../api/http';

export type Usage = Got<'/usage'>;
export type UsageRow = Usage['rows'][number];
export type DayLimit = Usage['limits'][number];

export const usageQuery = (by: string, since: string, limit = 100) =>
  queryOptions({
    queryKey: ['usage', by, since, limit],
    queryFn: ({ signal }) => getJson<Usage>(withQuery('/usage', { by, since, limit }), signal),
  });
