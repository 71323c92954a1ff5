import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Got } from '../api/answer';
import { getJson, send, wordsOf } from '../api/http';
import { Id } from '../parts/Id';
import { Reading } from '../parts/Reading';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';

/** One worktree: how git sees it, its snapshots, who is in it. */
export function WorktreeDetail({ id }: { id: string }) {
  const shown = useQuery({
    queryKey: ['worktrees', id],
    queryFn: ({ signal }) => getJson<Got<'/worktrees/{id}'>>(`/worktrees/${id}`, signal),
  });
  return (
    <Reading of={shown}>
      {({ worktree: { path, git, snapshots, users, commands, note } }) => (
        <div className="stack">
          <p>
            <code>{path}</code>
          </p>
          {note && <p>{note}</p>}
          {git === null && <p>git cannot be asked about it.</p>}
          {git && (
            <p>
              {git.dirty === null
                ? 'git cannot say how it is.'
                : git.dirty
                  ? 'It holds changes that are not committed:'
                  : 'Everything in it is committed.'}
              {git.ahead !== null && ` ${git.ahead} commits ahead, ${git.behind} behind.`}
              {git.unfinished && ` A ${git.unfinished} is unfinished.`}
            </p>
          )}
          {git && git.files.length > 0 && (
            <ul className="plans-units">
              {git.files.slice(0, 50).map((file) => (
                <li key={file}>
                  <code>{file}</code>
                </li>
              ))}
            </ul>
          )}
          <h3>Snapshots</h3>
          {snapshots.length === 0 ? (
            <p className="quiet">None.</p>
          ) : (
            <ul className="plans-units">
              {snapshots.map((each) => (
                <li key={each.ref} className="row">
                  <code className="grow">{each.ref}</code>
                  <Id value={each.run_id} label="id of the run" />
                  <Ago at={each.at} />
                </li>
              ))}
            </ul>
          )}
          {users.length > 0 && (
            <>
              <h3>Processes in it</h3>
              <ul className="plans-units">
                {users.map((each) => (
                  <li key={each.pid}>
                    {each.pid} <code>{each.command}</code> ({each.how})
                  </li>
                ))}
              </ul>
            </>
          )}
          {commands.length > 0 && (
            <>
              <h3>Commands of the project</h3>
              <ul className="plans-units">
                {commands.map((each) => (
                  <li key={each.id}>
                    {each.kind} {each.step}: <code>{each.argv.join(' ')}</code> {each.status}
                    {each.exit_code !== null && `, exit code ${each.exit_code}`}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </Reading>
  );
}

/** Brings a snapshot back into a new worktree, or into an empty folder. */
export function RestoreForm({ onDone }: { onDone: () => void }) {
  const [snapshot, setSnapshot] = useState('');
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
