import { useQuery } from '@tanstack/react-query';
import { needsQuery } from './queries';

/** How many things wait for a person now. */
export const useNeedsCount = (): number => useQuery(needsQuery).data?.needs.length ?? 0;
