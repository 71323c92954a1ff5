import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { useParams } from 'wouter';
import { stream } from '../api/stream';
import type { Run } from '../api/types';
import { Reading } from '../parts/Reading';
import { Tabs } from '../parts/Tabs';
import { runQuery } from './queries';
import { ConversationTab } from './ConversationTab';
import { RunHeader } from './RunHeader';
import './run.css';

const TerminalTab = lazy(() => import('./TerminalTab'));
const ChangesTab = lazy(() => import('./ChangesTab'));
const EventsTab = lazy(() => import('./EventsTab'));
const RunTimeline = lazy(() => import('../timeline/RunTimeline'));

/** One attempt by one agent: what it is, what happens in it, and what a person can do about it. */
export default function RunPage() {
  const { id } = useParams<{ id: string }>();
  const run = useQuery(runQuery(id));
  useLiveUsage(run.data?.id, id);
  return (
    <Reading of={run}>
      {(found) => (
        <div className="run-page">
          <RunHeader run={found} />
          <RunTabs run={found} />
        </div>
      )}
    </Reading>
  );
}

function RunTabs({ run }: { run: Run }) {
  const wait = (
    <p className="quiet" role="status">
      Loading …
    </p>
  );
  const tabs = useMemo(
    () => [
      { id: 'conversation', title: 'Conversation', view: () => <ConversationTab key={run.id} run={run} /> },
      {
        id: 'terminal',
        title: 'Terminal',
        view: () => (
          <Suspense fallback={wait}>
            <TerminalTab key={run.id} run={run} />
          </Suspense>
        ),
      },
      {
        id: 'changes',
        title: 'Changes',
        count: Array.isArray(run.files_changed) ? run.files_changed.length : 0,
        view: () => (
          <Suspense fallback={wait}>
            <ChangesTab run={run} />
          </Suspense>
        ),
      },
      {
        id: 'timeline',
        title: 'Timeline',
        view: () => (
          <Suspense fallback={wait}>
            <RunTimeline runId={run.id} />
          </Suspense>
        ),
      },
      {
        id: 'events',
        title: 'Raw events',
        view: () => (
          <Suspense fallback={wait}>
            <EventsTab key={run.id} runId={run.id} />
          </Suspense>
        ),
      },
    ],
    [run],
  );
  return <Tabs label="What to see of this run" tabs={tabs} />;
}

/** What a run uses is told many times: the row in the cache is patched, nothing is read anew. */
function useLiveUsage(runId: string | undefined, key: string): void {
  const cache = useQueryClient();
  useEffect(() => {
    if (!runId) return;
    return stream.onEvents((events) => {
      const last = events.findLast((event) => event.run_id === runId && event.event_type === 'run.usage');
      if (last)
        cache.setQueryData<Run>(
          runQuery(key).queryKey,
          (run) => run && { ...run, usage: { cost_source: null, ...run.usage, ...(last.data as object) } as Run['usage'] },
        );
    });
  }, [cache, runId, key]);
}
