import { useState } from 'react';
import { send, wordsOf } from '../api/http';
import { useAct } from '../parts/useAct';

/** Brings a snapshot back into a new worktree, or into an empty folder. */
export function RestoreForm({ start, onDone }: { start: string; onDone: () => void }) {
  const [snapshot, setSnapshot] = useState(start);
  const [to, setTo] = useState('');
  const restore = useAct(
    () =>
      send<{ path: string; branch: string | null }>('POST', '/worktrees/restore', {
        snapshot: snapshot.trim(),
        to: to.trim() || null,
      }),
    {
      reads: ['worktrees'],
      said: (answer) => `Restored in ${answer.path}${answer.branch ? ` on ${answer.branch}` : ''}.`,
      done: onDone,
      showsProblem: true,
    },
  );
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        restore.mutate(undefined);
      }}
    >
      <label className="field">
        <span>Snapshot: its ref, or the id of the run it was taken of</span>
        <input className="input mono" value={snapshot} onChange={(event) => setSnapshot(event.target.value)} />
      </label>
      <label className="field">
        <span>Into this empty folder (empty: a new worktree on a new branch)</span>
        <input className="input mono" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      {restore.error && (
        <p role="alert" className="state-bad">
          {wordsOf(restore.error)}
        </p>
      )}
      <div>
        <button type="submit" className="button button-main" disabled={snapshot.trim() === '' || restore.isPending}>
          Restore
        </button>
      </div>
    </form>
  );
}
