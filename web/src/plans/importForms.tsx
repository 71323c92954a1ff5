import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { Problem, send, wordsOf } from '../api/http';
import { projectsQuery } from '../api/shared';
import { useAct } from '../parts/useAct';
import { FindingList } from './FindingList';
import type { ImportOrder, Tried } from './ImportSheet';
import { type Finding, type Imported } from './queries';
import { ofChooser, ofDrop, readSource, repositoryOf, type Source } from './sources';

/** Which project the work is in. */
export function ProjectChoice({ value, onChange }: { value: string; onChange: (project: string) => void }) {
  const projects = useQuery(projectsQuery).data?.projects ?? [];
  return (
    <label className="field">
      <span>Project</span>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">The one the document names, else none</option>
        {projects.map((project) => (
          <option key={project.name}>{project.name}</option>
        ))}
      </select>
    </label>
  );
}

/** Tries an import without storing anything; a refusal is shown with everything that is wrong. */
function useTry(onTried: (tried: Tried) => void) {
  return useAct(
    async (order: ImportOrder): Promise<Tried> => ({
      order,
      answer: await send<Imported>('POST', order.path, { ...order.body, dry_run: true }),
    }),
    { done: onTried, showsProblem: true },
  );
}

/** Why it was refused, with every finding. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null;
  const findings = error instanceof Problem ? (error.body as unknown as { findings?: Finding[] }).findings : undefined;
  return (
    <div role="alert" className="note state-bad stack-tight">
      <p>
        <strong>Refused.</strong> {findings ? 'Nothing was stored. All that is wrong:' : wordsOf(error)}
      </p>
      {findings && <FindingList findings={findings} />}
    </div>
  );
}

function Buttons({ busy, can, children }: { busy: boolean; can: boolean; children?: ReactNode }) {
  return (
    <div className="row">
      <button type="submit" className="button button-main" disabled={!can || busy}>
        {busy ? 'Reading …' : 'See what comes of it'}
      </button>
      {children}
    </div>
  );
}

export function DocumentForm({
  dropped,
  plan,
  onTried,
}: {
  dropped: Source | null;
  plan?: { id: string; project: string | null } | undefined;
  onTried: (tried: Tried) => void;
}) {
  const [source, setSource] = useState<Source | null>(dropped);
  const [text, setText] = useState('');
  const [project, setProject] = useState(plan?.project ?? '');
  const [unread, setUnread] = useState<unknown>(null);
  const trial = useTry(onTried);
  const common = { project: project || null, plan: plan?.id ?? null };
  const tryFiles = (read: Source): void => {
    setSource(read);
    setUnread(null);
    trial.mutate({ name: read.name, path: '/plans', body: { files: read.files, ...common } });
  };
  const read = (files: Promise<Source>): void => {
    files.then(tryFiles, (error: unknown) => setUnread(error));
  };
  // What was dropped on the page needs no further click.
  useEffect(() => {
    if (dropped) tryFiles(dropped);
  }, [dropped]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') trial.mutate({ name: 'pasted text', path: '/plans', body: { text, ...common } });
    else if (source) tryFiles(source);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div
        className="plans-well"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          read(ofDrop(event.dataTransfer).then(readSource));
        }}
      >
        <p>
          {source ? (
            <>
              Read: <strong>{source.name}</strong> ({Object.keys(source.files).length} files)
            </>
          ) : (
            'Drop a file or a spec folder here, or choose:'
          )}
        </p>
        <div className="row">
          <FilePick title="Choose files" onFiles={(list) => read(readSource(ofChooser(list)))} />
          <FilePick title="Choose a folder" folder onFiles={(list) => read(readSource(ofChooser(list)))} />
        </div>
        <p className="quiet">
          Files are read here and sent to the daemon. What lies on the daemon's machine: <code>agentctl plan import PATH</code>
        </p>
      </div>
      <label className="field">
        <span>Or paste the text: a manifest, parallel tasks, a tasks.md, a list of issues</span>
        <textarea className="input mono" rows={6} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
      </label>
      {!plan && <ProjectChoice value={project} onChange={setProject} />}
      <Refusal error={unread ?? trial.error} />
      <Buttons busy={trial.isPending} can={source !== null || text.trim() !== ''} />
    </form>
  );
}

function FilePick({ title, folder = false, onFiles }: { title: string; folder?: boolean; onFiles: (files: FileList) => void }) {
  return (
    <label className="button plans-pick">
      {title}
      <input
        type="file"
        multiple
        className="hidden-text"
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={(event) => {
          if (event.target.files?.length) onFiles(event.target.files);
          event.target.value = '';
        }}
      />
    </label>
  );
}

export function GitHubForm({ onTried }: { onTried: (tried: Tried) => void }) {
  const [where, setWhere] = useState('');
  const [labels, setLabels] = useState('');
  const [all, setAll] = useState(false);
  const [project, setProject] = useState('');
  const trial = useTry(onTried);
  const repository = repositoryOf(where);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (repository === null) return;
    const named = labels
      .split(',')
      .map((label) => label.trim())
      .filter(Boolean);
    trial.mutate({
      name: `github:${repository}`,
      path: '/plans/import-issues',
      body: { repository, labels: named.length > 0 ? named : null, state: all ? 'all' : null, project: project || null },
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <label className="field">
        <span>Repository, as owner/name or its address</span>
        <input
          className="input"
          value={where}
          onChange={(event) => setWhere(event.target.value)}
          placeholder="github:owner/repo"
          autoCapitalize="off"
        />
      </label>
      <label className="field">
        <span>Only issues that have all of these labels (with commas between)</span>
        <input className="input" value={labels} onChange={(event) => setLabels(event.target.value)} />
      </label>
      <label className="row">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> closed issues, too
      </label>
      <ProjectChoice value={project} onChange={setProject} />
      <Refusal error={trial.error} />
      <Buttons busy={trial.isPending} can={repository !== null}>
        <span className="quiet">The daemon asks GitHub, with its own token where one is needed: half a minute at most.</span>
      </Buttons>
    </form>
  );
}

export function WishForm({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('');
  const [project, setProject] = useState('');
  const [start, setStart] = useState(false);
  const wish = useAct(() => send('POST', '/plans/wish', { text, project: project || null, start }), {
    said: () => 'A planner cuts it into parts; the plan appears here.',
    reads: ['wishes'],
    done: onDone,
    showsProblem: true,
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        wish.mutate(undefined);
      }}
    >
      <label className="field">
        <span>What do you want?</span>
        <textarea
          className="input"
          rows={5}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Add a dark mode to the settings page."
        />
      </label>
      <ProjectChoice value={project} onChange={setProject} />
      <label className="row">
        <input type="checkbox" checked={start} onChange={(event) => setStart(event.target.checked)} />
        start it without asking me again
      </label>
      <p className="quiet">
        One run with the profile for planning reads the project and changes nothing.{' '}
        {start ? 'Its plan then starts by itself, whatever it costs within your limits.' : 'Its plan waits for your consent.'}
      </p>
      <Refusal error={wish.error} />
      <div className="row">
        <button type="submit" className="button button-main" disabled={text.trim() === '' || wish.isPending}>
          Plan it
        </button>
      </div>
    </form>
  );
}
