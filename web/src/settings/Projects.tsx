import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send, wordsOf } from '../api/http';
import { projectsQuery } from '../api/shared';
import { Empty, Reading } from '../parts/Reading';
import { useAct } from '../parts/useAct';
import { nameOf } from '../start/steps';
import { configQuery, trustQuery } from './queries';
import { valueText } from './settings';
import { SettingForm } from './SettingForm';

const isolations = ['worktree', 'shared', 'none'] as const;

/** Where a project's runs work, in words. */
const placeOf = (isolation: string): string =>
  isolation === 'worktree' ? 'a worktree each' : isolation === 'shared' ? 'its folder' : 'an empty folder each';

/** Repositories and folders that work is done in: where each works, what verifies it, and what its own file may do. */
export default function Projects() {
  const projects = useQuery(projectsQuery);
  return (
    <>
      <AddProject />
      <Reading of={projects}>
        {({ projects: rows }) =>
          rows.length === 0 ? (
            <Empty>No project yet.</Empty>
          ) : (
            rows.map((project) => (
              <article key={project.name} className="panel stack-tight" aria-label={project.name}>
                <h3>{project.name}</h3>
                <dl className="settings-facts">
                  <dt>Folder</dt>
                  <dd>
                    <code>{project.path}</code>
                    {!project.repository && ' (no git repository)'}
                  </dd>
                  <dt>Runs work in</dt>
                  <dd>{placeOf(project.isolation)}</dd>
                  <dt>Profile</dt>
                  <dd>{project.default_profile ?? 'by the routes'}</dd>
                  <dt>From</dt>
                  <dd className="quiet">{project.origin}</dd>
                </dl>
                <Verify project={project.name} />
                <Trust project={project.name} />
              </article>
            ))
          )
        }
      </Reading>
    </>
  );
}

function Verify({ project }: { project: string }) {
  const config = useQuery(configQuery(project)).data;
  const [open, setOpen] = useState(false);
  const key = `projects.${project}.verify`;
  const row = config?.settings.find((each) => each.key === key) ?? config?.settings.find((each) => each.key === 'verify');
  return (
    <div className="stack-tight">
      <p>
        Verified by {row?.value ? <code>{valueText(row.value)}</code> : <strong>nothing: its work stays unverified</strong>}
        {row && <span className="quiet"> ({row.origin})</span>}{' '}
        <button type="button" className="button button-small" aria-expanded={open} onClick={() => setOpen(!open)}>
          Change
        </button>
      </p>
      {open && (
        <SettingForm settingKey={key} value={row?.value ? valueText(row.value) : '[["sh", "test.sh"]]'} onDone={() => setOpen(false)} />
      )}
    </div>
  );
}

function Trust({ project }: { project: string }) {
  const trust = useQuery(trustQuery(project));
  const act = useAct((body: { hash?: string | null; revoke?: boolean }) => send('POST', '/trust', { project, ...body }), {
    reads: ['trust', 'config', 'profiles'],
    said: (_, body) => (body.revoke ? 'Its file is not trusted any more.' : 'Trusted, as the file is now. An edit needs your word again.'),
  });
  if (!trust.data || trust.data.state === 'nothing_to_trust') return null;
  const { state, settings, hash } = trust.data;
  return (
    <div className={`note stack-tight ${state === 'trusted' ? 'state-good' : 'state-warn'}`}>
      <p>
        {state === 'trusted'
          ? 'Its own file is trusted with:'
          : 'Its own file asks for what could harm this machine. It has no effect until you trust it:'}
      </p>
      <ul className="plans-units">
        {settings.map((each) => (
          <li key={each.key}>
            <code>{each.key}</code>: <code>{each.value}</code> <span className="quiet">{each.place}</span>
          </li>
        ))}
      </ul>
      <div>
        {state === 'trusted' ? (
          <button type="button" className="button" onClick={() => act.mutate({ revoke: true })}>
            Take the trust back
          </button>
        ) : (
          <button type="button" className="button" onClick={() => act.mutate({ hash })}>
            Trust exactly this
          </button>
        )}
      </div>
    </div>
  );
}

function AddProject() {
  // Named as its folder is until somebody says otherwise.
  const [chosen, setChosen] = useState<string | null>(null);
  const [path, setPath] = useState('');
  const name = chosen ?? nameOf(path.trim());
  const [isolation, setIsolation] = useState<string>('');
  const add = useAct(() => send('POST', '/projects', { name: name.trim(), path: path.trim(), isolation: isolation || null }), {
    reads: ['projects', 'queue', 'config'],
    showsProblem: true,
    said: () => `${name} is registered.`,
    done: () => {
      setChosen(null);
      setPath('');
    },
  });
  return (
    <form
      className="panel stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(undefined);
      }}
    >
      <h3>Add a project</h3>
      <div className="settings-form">
        <label className="field">
          <span>Folder on the daemon’s machine</span>
          <input className="input mono" value={path} onChange={(event) => setPath(event.target.value)} placeholder="/home/me/shop" />
        </label>
        <label className="field">
          <span>Name</span>
          <input className="input" value={name} onChange={(event) => setChosen(event.target.value)} autoCapitalize="off" />
        </label>
        <label className="field">
          <span>Runs work in</span>
          <select className="input" value={isolation} onChange={(event) => setIsolation(event.target.value)}>
            <option value="">as usual</option>
            {isolations.map((each) => (
              <option key={each} value={each}>
                {placeOf(each)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button button-main" disabled={name.trim() === '' || path.trim() === '' || add.isPending}>
          Add
        </button>
      </div>
      {add.error && (
        <p role="alert" className="state-bad">
          {wordsOf(add.error)}
        </p>
      )}
    </form>
  );
}
