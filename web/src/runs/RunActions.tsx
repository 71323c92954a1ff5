import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { Run } from '../api/types';
import { useCommands, type Command } from '../app/commands';
import { reviewPath } from '../app/routes';
import { Actions, type Action } from '../parts/Actions';
import { copy } from '../parts/copy';
import { DeliverSheet } from '../review/DeliverSheet';
import { CancelSheet } from './CancelSheet';
import { isOpen } from './filters';
import { ResumeSheet } from './ResumeSheet';

type Asked = 'cancel' | 'resume' | 'deliver' | null;

/** What a person can do about the run. Each says beforehand what it will do. */
export function RunActions({ run }: { run: Run }) {
  const [, go] = useLocation();
  const [asked, ask] = useState<Asked>(null);
  const live = isOpen(run.status);
  const why = deliverable(run);
  const commands = useMemo<Command[]>(
    () => [
      ...(live ? [{ id: 'run.cancel', title: 'Cancel this run …', group: 'Run', keys: 'x', run: () => ask('cancel') }] : []),
      ...(!live
        ? [
            {
              id: 'run.resume',
              title: 'Resume with a message or another profile …',
              group: 'Run',
              keys: 'e',
              run: () => ask('resume'),
            },
          ]
        : []),
      ...(why === null
        ? [{ id: 'run.deliver', title: 'Deliver this run’s work …', group: 'Run', keys: 'd', run: () => ask('deliver') }]
        : []),
      ...(run.item_id
        ? [{ id: 'run.review', title: 'Review the item', group: 'Run', keys: 'v', run: () => go(reviewPath(run.item_id!)) }]
        : []),
    ],
    [live, why, run.item_id, go],
  );
  useCommands(commands);
  const more: Action[] = [
    {
      title: 'Resume with a message or another profile …',
      keys: 'e',
      run: () => ask('resume'),
      ...(live ? { why: 'it has not ended' } : {}),
    },
    { title: 'Deliver its work …', keys: 'd', run: () => ask('deliver'), ...(why ? { why } : {}) },
    ...(run.item_id ? [{ title: 'Review the item', keys: 'v', run: () => go(reviewPath(run.item_id!)) }] : []),
    { title: 'Copy the debug bundle', run: () => void copyBundle(run) },
    { title: 'Cancel …', keys: 'x', tone: 'bad' as const, run: () => ask('cancel'), ...(live ? {} : { why: 'it has ended' }) },
  ];
  const close = (): void => ask(null);
  return (
    <div className="row">
      {live ? (
        <button type="button" className="button button-bad" onClick={() => ask('cancel')}>
          Cancel
        </button>
      ) : (
        <button type="button" className="button" onClick={() => ask('resume')}>
          Resume
        </button>
      )}
      <Actions label="More for this run" actions={more} />
      {asked === 'cancel' && <CancelSheet run={run} close={close} />}
      {asked === 'resume' && <ResumeSheet run={run} close={close} />}
      {asked === 'deliver' && <DeliverSheet run={run} close={close} />}
    </div>
  );
}

/** Why its work cannot be delivered; null when it can. */
function deliverable(run: Run): string | null {
  if (isOpen(run.status)) return 'it has not ended';
  return run.workspace?.branch ? null : 'it has no branch of its own';
}

async function copyBundle(run: Run): Promise<void> {
  const parts = await Promise.allSettled(
    [`/runs/${run.id}/diagnose`, `/events?run_id=${run.id}&before=latest&limit=200`].map(
      async (path) => (await fetch(path)).json() as Promise<unknown>,
    ),
  );
  const read = parts.map((part) => (part.status === 'fulfilled' ? part.value : String(part.reason)));
  copy(
    JSON.stringify({ run, diagnosis: read[0], last_events: read[1] }, null, 1),
    'Copied the run, its diagnosis and its last 200 events. They hold what the agent wrote: read before you share.',
  );
}
