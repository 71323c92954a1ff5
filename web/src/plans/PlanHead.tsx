import { Link } from 'wouter';
import { send } from '../api/http';
import { Actions, type Action } from '../parts/Actions';
import { Bar } from '../parts/Bar';
import { Id } from '../parts/Id';
import { State } from '../parts/State';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';
import type { PlanShown } from './queries';

type Move = 'pause' | 'resume' | 'cancel';
const said: Record<Move, string> = {
  pause: 'Paused: nothing of it starts; what is at work goes on.',
  resume: 'It goes on.',
  cancel: 'Called off: its runs are canceled.',
};

const formats: readonly { format: string; file: string; title: string }[] = [
  { format: 'manifest', file: 'manifest.json', title: 'Manifest, as it stands now' },
  { format: 'tasks-md', file: 'tasks.md', title: 'tasks.md with its boxes' },
  { format: 'summary', file: 'SUMMARY.md', title: 'Summary of what was done' },
  { format: 'status', file: 'STATUS.md', title: 'Status' },
  { format: 'pulse', file: 'PROJECT_PULSE.md', title: 'PROJECT_PULSE.md' },
  { format: 'agent-state', file: 'AGENT_STATE.json', title: 'AGENT_STATE.json' },
  { format: 'tasks-parsed', file: 'TASKS_PARSED.json', title: 'TASKS_PARSED.json' },
];

/** Downloads by a link of the moment: the daemon's answer is a plain text, and the browser names the file. */
function download(id: string, format: string, file: string): void {
  const link = document.createElement('a');
  link.href = `/plans/${id}/export?format=${format}`;
  link.download = file;
  link.click();
}

/** Title, state, progress, and what can be done with the whole plan. */
export function PlanHead({ shown: { plan }, onImport }: { shown: PlanShown; onImport: () => void }) {
  const move = useAct((step: Move) => send('POST', `/plans/${plan.id}/${step}`), {
    reads: ['plans'],
    said: (_, step) => said[step],
  });
  const pause = useAct(() => send('POST', `/plans/${plan.id}/pause`), {
    reads: ['plans'],
    said: () => said.pause,
    undo: () => move.mutate('resume'),
  });
  const goes = plan.status === 'running' || plan.status === 'needs_decision';
  const more: (Action | 'line')[] = [
    { title: 'Import again …', keys: 'i', run: onImport },
    'line',
    ...formats.map((each) => ({ title: `Download ${each.title}`, run: () => download(plan.id, each.format, each.file) })),
    'line',
    {
      title: 'Call off: cancels its runs and what is not done',
      tone: 'bad' as const,
      run: () => move.mutate('cancel'),
      ...(['completed', 'canceled', 'failed'].includes(plan.status ?? '') ? { why: 'it is over' } : {}),
    },
  ];
  return (
    <header className="stack-tight">
      <nav aria-label="Way back">
        <Link href="/app/plans">Plans</Link>
      </nav>
      <div className="row">
        <h1 className="grow">{plan.title}</h1>
        {goes && (
          <button type="button" className="button" onClick={() => pause.mutate(undefined)}>
            Pause
          </button>
        )}
        {plan.status === 'paused' && (
          <button type="button" className="button button-main" onClick={() => move.mutate('resume')}>
            Resume
          </button>
        )}
        <Actions label="More" actions={more}>
          More …
        </Actions>
      </div>
      <p className="row quiet">
        <State of={plan.status ?? 'draft'} />
        <span>
          #{plan.number} <Id value={plan.id} label="id of the plan" />
        </span>
        <span>{plan.project ?? 'no project'}</span>
        <span>from {plan.source_kind}</span>
        <span>
          changed <Ago at={plan.updated_at} />
        </span>
      </p>
      {plan.reason && <p>{plan.reason}</p>}
      <Progress counts={plan.counts} total={plan.total} decided={plan.decided} />
    </header>
  );
}

function Progress({ counts, total, decided }: { counts: Record<string, number>; total: number; decided: number }) {
  const words = Object.entries(counts).filter(([, count]) => count > 0);
  return (
    <p className="row">
      <Bar part={decided} of={total} label={`${decided} of ${total} units done or left out`} />
      <span>
        {decided} of {total}
      </span>
      {words.map(([status, count]) => (
        <span key={status} className="nowrap">
          <State of={status} /> {count}
        </span>
      ))}
    </p>
  );
}
