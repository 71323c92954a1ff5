import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Posted } from '../api/answer';
import { send } from '../api/http';
import { Empty, Reading } from '../parts/Reading';
import { Sheet } from '../parts/Sheet';
import { State } from '../parts/State';
import { counted } from '../parts/numbers';
import { useAct } from '../parts/useAct';
import { worktreesQuery, type Worktree } from './queries';
import { RestoreForm } from './RestoreForm';
import { WorktreeDetail } from './WorktreeDetail';

type Cleaned = Posted<'/worktrees/cleanup'>;

/** Worktrees that stand, with what they hold; removing those that hold nothing unsaved, after saying which. */
export function Worktrees() {
  const worktrees = useQuery(worktreesQuery);
  const [plan, setPlan] = useState<Cleaned | null>(null);
  // The snapshot that the form begins with; null while nothing is restored.
  const [restored, setRestored] = useState<string | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const look = useAct(() => send<Cleaned>('POST', '/worktrees/cleanup', { dry_run: true }), { done: setPlan });
  return (
    <div className="stack">
      <div className="row">
        <button type="button" className="button" disabled={look.isPending} onClick={() => look.mutate(undefined)}>
          Clean up … (shows first what would happen)
        </button>
        <button type="button" className="button" onClick={() => setRestored('')}>
          Restore a snapshot …
        </button>
      </div>
      <Reading of={worktrees}>
        {({ worktrees: rows }) =>
          rows.length === 0 ? (
            <Empty>No worktree stands.</Empty>
          ) : (
            <ul className="plans-list">
              {rows.map((each) => (
                <Row key={each.id} of={each} onShow={() => setShown(each.id)} />
              ))}
            </ul>
          )
        }
      </Reading>
      <CleanUp plan={plan} onClose={() => setPlan(null)} />
      <Sheet open={shown !== null} onOpenChange={() => setShown(null)} title="Worktree" wide>
        {shown && (
          <WorktreeDetail
            id={shown}
            restore={(snapshot) => {
              setShown(null);
              setRestored(snapshot);
            }}
          />
        )}
      </Sheet>
      <Sheet open={restored !== null} onOpenChange={() => setRestored(null)} title="Restore a snapshot">
        {restored !== null && <RestoreForm start={restored} onDone={() => setRestored(null)} />}
      </Sheet>
    </div>
  );
}

/** A commit as git shows it to people; the name of a branch as it is. */
const shortCommit = (base: string): string => (/^[0-9a-f]{40}$/.test(base) ? base.slice(0, 8) : base);

function Row({ of, onShow }: { of: Worktree; onShow: () => void }) {
  return (
    <li className="plans-row">
      <State of={of.state} />
      <span className="grow stack-tight">
        <span>
          <code>{of.branch ?? of.path}</code>
          {of.base && <span className="quiet"> from {shortCommit(of.base)}</span>}
        </span>
        <span className="quiet">
          {of.project ?? 'no project'} · {counted(of.runs.length, 'run')}
          {of.note && ` · ${of.note}`}
        </span>
      </span>
      <button type="button" className="button button-small" onClick={onShow}>
        Look inside
      </button>
    </li>
  );
}

function CleanUp({ plan, onClose }: { plan: Cleaned | null; onClose: () => void }) {
  const act = useAct(() => send<Cleaned>('POST', '/worktrees/cleanup', { dry_run: false }), {
    reads: ['worktrees'],
    done: onClose,
    said: ({ worktrees: rows }) =>
      `${counted(rows.filter((each) => each.decision === 'removed').length, 'worktree')} removed. ` + 'Their branches and snapshots stay.',
  });
  const going = plan?.worktrees.filter((each) => each.decision === 'removed' || each.decision === 'removable') ?? [];
  return (
    <Sheet
      open={plan !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="What a cleanup would do"
      wide
    >
      <div className="stack">
        <p>
          {going.length === 0
            ? 'Nothing would be removed.'
            : `${counted(going.length, 'worktree')} would be removed: they hold nothing that is not saved on a branch or in a snapshot.`}
        </p>
        <ul className="plans-list">
          {plan?.worktrees.map((each) => (
            <li key={each.id} className="plans-row">
              <strong>{each.decision.replaceAll('_', ' ')}</strong>
              <span className="grow">
                <code>{each.branch ?? each.path}</code> <span className="quiet">{each.reasons.join(' ')}</span>
              </span>
              {each.snapshot_ref && <code className="quiet">{each.snapshot_ref}</code>}
            </li>
          ))}
        </ul>
        <div className="row">
          {going.length > 0 && (
            <button type="button" className="button button-main" disabled={act.isPending} onClick={() => act.mutate(undefined)}>
              Remove {counted(going.length, 'worktree')}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {going.length > 0 ? 'Leave them' : 'Close'}
          </button>
        </div>
      </div>
    </Sheet>
  );
}
