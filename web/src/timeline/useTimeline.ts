import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { cache } from '../api/client';
import { getJson } from '../api/http';
import { stream } from '../api/stream';
import { useNow } from '../parts/Time';
import type { Span } from './layout';

interface Timeline {
  id: string;
  title: string;
  now: string;
  is_cut: boolean;
  spans: Span[];
}

/** Read anew at most so often while something happens. */
const pauseMs = 1_500;

/** The timeline at an address, live: it is read anew when an event of it tells of something. */
export function useTimeline(path: string, itemId: string | null) {
  const query = useQuery({
    queryKey: ['timeline', path],
    queryFn: async ({ signal }) => (await getJson<{ timeline: Timeline }>(`${path}/timeline`, signal)).timeline,
  });
  const runs = query.data?.spans;
  useEffect(() => {
    const own = new Set(runs?.map((span) => span.run_id));
    let timer: ReturnType<typeof setTimeout> | null = null;
    const again = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        void cache.invalidateQueries({ queryKey: ['timeline', path] });
      }, pauseMs);
    };
    const ends = [
      stream.onEvents((events) => {
        const concerns = events.some(
          (event) =>
            !['run.output', 'run.delta', 'run.message', 'run.reasoning', 'run.usage'].includes(event.event_type) &&
            ((event.run_id !== null && own.has(event.run_id)) ||
              (itemId !== null && event.item_id === itemId) ||
              event.event_type === 'session.spawned'),
        );
        if (concerns) again();
      }),
      () => {
        if (timer) clearTimeout(timer);
      },
    ];
    return () => ends.forEach((end) => end());
  }, [path, itemId, runs]);
  const current = useNow();
  const isOpen = query.data?.spans.some((span) => span.to === null) ?? false;
  // The daemon's clock may differ from the browser's: what goes on never ends before the daemon's own word.
  const now = query.data ? (isOpen ? Math.max(Date.parse(query.data.now), current) : Date.parse(query.data.now)) : current;
  return { query, now };
}
