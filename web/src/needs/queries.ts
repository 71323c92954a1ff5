import { queryOptions } from '@tanstack/react-query';
import { getJson } from '../api/http';
import type { NeedList } from '../api/types';

/** What waits for a person, most urgent first. */
export const needsQuery = queryOptions({ queryKey: ['needs'], queryFn: ({ signal }) => getJson<NeedList>('/board/needs', signal) });
