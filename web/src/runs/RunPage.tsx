import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useParams } from 'wouter';
import { stream } from '../api/stream';
import type { Run } from '../api/types';
import { later, type Later } from '../app/later';
import { Reading } from '../parts/Reading';
import { Tabs } from '../parts/Tabs';
import { runQuery } from './queries';
import { ConversationTab } from './ConversationTab';
import { RunHeader } from './RunHeader';
import './run.css';

const TerminalTab = later(() => import('./TerminalTab'));
const ChangesTab = later(() => import('./ChangesTab'));
const EventsTab = later(() => import('./EventsTab'));
const RunTimeline = later(() => import('../timeline/RunTimeline'));

const tabCode: Readonly<Record<string, Pick<Later<object>, 'ready'>>> = {
  terminal: TerminalTab,
  changes: ChangesTab,
  timeline: RunTimeline,
  events: EventsTab,
};

/** One attempt by one agent: what it is, what happens in it, and what a person can do about it. */
export default function RunPage() {
  const { id } = useParams<{ id: string }>();
  const run = useQuery(runQuery(id));
  useLiveUsage(run.data?.id, id);
  // The tab's code comes while the run is read.
  useEffect(() => void tabCode[new URLSearchParams(window.location.search).get('tab') ?? '']?.ready(), []);
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
  const tabs = useMemo(
    () => [
      { id: 'conversation', title: 'Conversation', view: () => <ConversationTab key={run.id} run={run} /> },
      {
        id: 'terminal',
        title: 'Terminal',
        view: () => <TerminalTab key={run.id} run={run} />,
      },
      {
        id: 'changes',
        title: 'Changes',
        count: Array.isArray(run.files_changed) ? run.files_changed.length : 0,
        view: () => <ChangesTab run={run} />,
      },
      {
        id: 'timeline',
        title: 'Timeline',
        view: () => <RunTimeline runId={run.id} />,
      },
      {
        id: 'events',
        title: 'Raw events',
        view: () => <EventsTab key={run.id} runId={run.id} />,
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
