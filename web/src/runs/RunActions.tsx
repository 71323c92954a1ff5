import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Run } from '../api/types';
import { useCommands, type Command } from '../app/commands';
import { reviewPath, runPath } from '../app/routes';
import { tell, tellProblem } from '../app/toasts';
import { Actions, type Action } from '../parts/Actions';
import { counted } from '../parts/numbers';
import { Sheet } from '../parts/Sheet';
import { DeliverSheet } from '../review/DeliverSheet';
import { isOpen } from './filters';
import { childrenQuery, profilesQuery } from './queries';

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
  await navigator.clipboard
    .writeText(JSON.stringify({ run, diagnosis: read[0], last_events: read[1] }, null, 1))
    .then(
      () => tell('Copied the run, its diagnosis and its last 200 events. They hold what the agent wrote: read before you share.'),
      tellProblem,
    );
}

function CancelSheet({ run, close }: { run: Run; close: () => void }) {
  const children = (useQuery(childrenQuery(run.id)).data ?? []).filter((child) => isOpen(child.status)).length;
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () => send('POST', `/runs/${run.id}/cancel`, reason.trim() ? { reason: reason.trim() } : {}),
    onSuccess: () => {
      tell('The run is being stopped.');
      close();
    },
    onError: tellProblem,
  });
  return (
    <Sheet open onOpenChange={close} title="Cancel this run?">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          cancel.mutate();
        }}
      >
        <p>
          {run.status === 'queued'
            ? 'It leaves the queue and never starts.'
            : 'Its agent is asked to stop, and is ended when it does not. What it changed stays in its workspace, and in a snapshot.'}
          {children > 0 && ` Canceled with it: ${counted(children, 'child', 'children')} of it still at work.`}
          {run.item_id && ' Its item says that its run was canceled.'}
        </p>
        <label className="field">
          <span>Reason (kept with the run)</span>
          <input className="input" value={reason} onChange={(event) => setReason(event.target.value)} autoFocus />
        </label>
        <p className="row">
          <button type="submit" className="button button-bad" disabled={cancel.isPending}>
            Cancel the run
          </button>
          <button type="button" className="button" onClick={close}>
            Let it go on
          </button>
        </p>
      </form>
    </Sheet>
  );
}

function ResumeSheet({ run, close }: { run: Run; close: () => void }) {
  const [, go] = useLocation();
  const profiles = useQuery(profilesQuery).data ?? [];
  const [profile, setProfile] = useState(run.profile);
  const [prompt, setPrompt] = useState('');
  const chosen = profiles.find((one) => one.name === profile);
  // Only the agent that has the conversation can go on with it; another one gets the words in the same session and workspace.
  const isFresh = run.started_at === null || (chosen !== undefined && chosen.agent !== run.agent);
  const why = chosen && chosen.agent !== run.agent ? `Profile ${profile} is another agent (${chosen.agent})` : 'This run never began';
  const resume = useMutation({
    mutationFn: () => {
      const idempotency_key = crypto.randomUUID();
      return isFresh
        ? send<{ run: Run; note?: string | null }>('POST', `/sessions/${run.session_id}/messages`, {
            role: 'user',
            text: prompt,
            profile,
            idempotency_key,
          })
        : send<{ run: Run; note?: string | null }>('POST', `/runs/${run.id}/resume`, { prompt, profile, idempotency_key });
    },
    onSuccess: ({ run: next, note }) => {
      close();
      tell(note ?? 'A new run goes on with it.');
      void cache.invalidateQueries({ queryKey: ['runs'] });
      go(runPath(next.id));
    },
    onError: tellProblem,
  });
  return (
    <Sheet open onOpenChange={close} title="Resume this run">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (prompt.trim()) resume.mutate();
        }}
      >
        <label className="field">
          <span>Profile</span>
          <select className="input" value={profile} onChange={(event) => setProfile(event.target.value)}>
            {[...new Set([run.profile, ...profiles.map((one) => one.name)])].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>What it is told</span>
          <textarea
            className="input"
            rows={5}
            value={prompt}
            autoFocus
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && prompt.trim()) resume.mutate();
            }}
          />
        </label>
        <p className="quiet">
          A new run starts in the same session and the same workspace
          {run.workspace?.branch ? `, on branch ${run.workspace.branch}` : ''}.{' '}
          {isFresh
            ? `${why}: it does not know this conversation but sees the files as they are. Tell it what it needs.`
            : 'The agent goes on with its conversation.'}
        </p>
        <p className="row">
          <button type="submit" className="button button-main" disabled={!prompt.trim() || resume.isPending}>
            Resume <kbd>Ctrl ⏎</kbd>
          </button>
        </p>
      </form>
    </Sheet>
  );
}
