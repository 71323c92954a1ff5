import { queryOptions } from '@tanstack/react-query';
import type { Got } from '../api/answer';
import type { paths } from '../api/schema.gen';
import { getJson, withQuery } from '../api/http';

const read = <Path extends keyof paths>(key: readonly string[], path: Path, query: Record<string, string | null> = {}) =>
  queryOptions({
    queryKey: key,
    queryFn: ({ signal }) => getJson<Got<Path>>(withQuery(path, query), signal),
  });

export const configQuery = (project: string) => read(['config', project], '/config', { project });
export const rulesQuery = read(['rules'], '/request-rules');
export const tokensQuery = read(['tokens'], '/tokens');
export const notificationsQuery = read(['notifications'], '/notifications');
export const trustQuery = (project: string) => read(['trust', project], '/trust', { project });

export type Setting = Got<'/config'>['settings'][number];
export type Rule = Got<'/request-rules'>['rules'][number];
export type Token = Got<'/tokens'>['tokens'][number];
export type DoctorCheck = Got<'/doctor'>['checks'][number];
