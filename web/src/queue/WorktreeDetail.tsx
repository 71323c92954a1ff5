import { useQuery } from '@tanstack/react-query';
import type { Got } from '../api/answer';
import { getJson } from '../api/http';
import { Id } from '../parts/Id';
import { Reading } from '../parts/Reading';
import { Ago } from '../parts/Time';
import { clean, cleanLine } from '../parts/text';
import { counted } from '../parts/numbers';

type Detail = Got<'/worktrees/{id}'>['worktree'];

/** One worktree: how git sees it, its snapshots, who is in it. */
export function WorktreeDetail({ id, restore }: { id: string; restore: (snapshot: string) => void }) {
  const shown = useQuery({
    queryKey: ['worktrees', id],
    queryFn: ({ signal }) => getJson<Got<'/worktrees/{id}'>>(`/worktrees/${id}`, signal),
  });
  return (
    <Reading of={shown}>
      {({ worktree: { path, git, snapshots, users, commands, note } }) => (
        <div className="stack">
          <p>
            <code>{cleanLine(path)}</code>
          </p>
          {note && <p>{clean(note)}</p>}
          <Tree of={git} />
          <Snapshots of={snapshots} restore={restore} />
          <Processes of={users} />
          <Commands of={commands} />
        </div>
      )}
    </Reading>
  );
}

function wordsOf(git: NonNullable<Detail['git']>): string {
  const parts = [];
  if (git.ahead || git.behind) parts.push(`${counted(git.ahead ?? 0, 'commit')} ahead of where it began, ${git.behind ?? 0} behind.`);
  if (git.unfinished) parts.push(`A ${git.unfinished} is unfinished.`);
  if (git.dirty === null) parts.push('git cannot say how it is.');
  else parts.push(git.dirty ? 'It holds changes that are not committed:' : 'Everything in it is committed.');
  return parts.join(' ');
}

function Tree({ of }: { of: Detail['git'] }) {
  if (of === null) return <p>git cannot be asked about it.</p>;
  return (
    <>
      <p>{wordsOf(of)}</p>
      {of.files.length > 0 && (
        <ul className="plans-units">
          {of.files.slice(0, 50).map((file) => (
            <li key={file}>
              <code>{cleanLine(file)}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Snapshots({ of, restore }: { of: Detail['snapshots']; restore: (snapshot: string) => void }) {
  return (
    <>
      <h3>Snapshots</h3>
      {of.length === 0 && <p className="quiet">None.</p>}
      <ul className="plans-units">
        {of.map((each) => (
          <li key={each.ref} className="row">
            <code className="grow">{each.ref}</code>
            <Id value={each.run_id} label="id of the run" />
            <Ago at={each.at} />
            <button type="button" className="button button-small" onClick={() => restore(each.ref)}>
              Restore …
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Processes({ of }: { of: Detail['users'] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>Processes in it</h3>
      <ul className="plans-units">
        {of.map((each) => (
          <li key={each.pid}>
            {each.pid} <code>{cleanLine(each.command)}</code> ({each.how})
          </li>
        ))}
      </ul>
    </>
  );
}

function Commands({ of }: { of: Detail['commands'] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>Commands of the project</h3>
      <ul className="plans-units">
        {of.map((each) => (
          <li key={each.id}>
            {each.kind} {each.step}: <code>{cleanLine(each.argv.join(' '))}</code> {each.status}
            {each.exit_code !== null && `, exit code ${each.exit_code}`}
          </li>
        ))}
      </ul>
    </>
  );
}
