import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { cache } from '../api/client';
import { send, wordsOf } from '../api/http';
import type { Project } from '../api/types';
import { tell } from '../app/toasts';
import { copy } from '../parts/copy';
import { cardsQuery } from '../board/queries';
import { NewItemForm } from '../board/NewItem';
import { doctorQuery, projectsQuery } from '../api/shared';
import { State } from '../parts/State';
import { cleanLine } from '../parts/text';
import { agentsOf, nameOf, progressOf, type DoctorLook, type FoundAgent } from './steps';
import './start.css';

const look = (): Promise<void> =>
  send<DoctorLook>('POST', '/doctor').then(
    (answer) => void cache.setQueryData(doctorQuery.queryKey, answer),
    (error: unknown) => tell(wordsOf(error), { tone: 'bad' }),
  );

function useAgents(): { agents: FoundAgent[]; isLooking: boolean; problem: string | null } {
  const doctor = useQuery(doctorQuery);
  const isNew = doctor.data?.state === 'never';
  useEffect(() => {
    if (isNew) void look();
  }, [isNew]);
  return {
    agents: agentsOf(doctor.data?.checks ?? []),
    isLooking: doctor.isPending || isNew || doctor.data?.state === 'running',
    problem: doctor.data?.problem ?? (doctor.isError ? wordsOf(doctor.error) : null),
  };
}

function Command({ text }: { text: string }) {
  return (
    <span className="start-command">
      <code>{text}</code>
      <button type="button" className="button button-small" onClick={() => copy(text, `Copied ${text}`)}>
        Copy
      </button>
    </span>
  );
}

function Step({
  no,
  title,
  isDone,
  isNext,
  says,
  children,
}: {
  no: number;
  title: string;
  isDone: boolean;
  isNext: boolean;
  says: string;
  children: ReactNode;
}) {
  return (
    <li className={`panel stack start-step${isNext ? ' start-next' : ''}`}>
      <div className="row">
        <h2 className="grow">
          {no}. {title}
        </h2>
        <State of={isDone ? 'done' : 'inbox'} words={isDone ? 'done' : isNext ? 'next' : 'to do'} />
      </div>
      <p className="quiet">{says}</p>
      {children}
    </li>
  );
}

const agentWords = {
  ready: { of: 'succeeded', words: 'ready' },
  doubtful: { of: 'unverified', words: 'not logged in, or in doubt' },
  absent: { of: 'inbox', words: 'not set up' },
} as const;

function Agents({ agents, isLooking, problem }: ReturnType<typeof useAgents>) {
  return (
    <>
      {agents.length > 0 && (
        <ul className="start-agents">
          {agents.map((agent) => (
            <li key={agent.name}>
              <strong>{agent.name}</strong> <State {...agentWords[agent.state]} />
              <p className="quiet">
                {cleanLine(agent.found)}
                {agent.fix && agent.state !== 'ready' && <> – {cleanLine(agent.fix)}</>}
              </p>
            </li>
          ))}
        </ul>
      )}
      {problem && (
        <p role="alert" className="note state-bad">
          {problem}
        </p>
      )}
      <div className="row" role="status">
        {isLooking ? (
          <span className="quiet">Looking at this machine …</span>
        ) : (
          <button type="button" className="button button-small" onClick={() => void look()}>
            Look again
          </button>
        )}
      </div>
    </>
  );
}

function Repository({ projects }: { projects: readonly Project[] }) {
  const [path, setPath] = useState('');
  const [name, setName] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    try {
      const { project } = await send<{ project: Project }>('POST', '/projects', { path: path.trim(), name: name ?? nameOf(path) });
      setTrouble(
        project.repository ? null : `${project.path} is no git repository: agents work in the folder itself, one after the other.`,
      );
      setPath('');
      setName(null);
      tell(`${project.name} is registered.`);
      void cache.invalidateQueries({ queryKey: projectsQuery.queryKey });
    } catch (error) {
      setTrouble(wordsOf(error));
    }
  };
  return (
    <>
      {projects.length > 0 && (
        <ul className="start-projects">
          {projects.map((project) => (
            <li key={project.name}>
              <strong>{project.name}</strong> <span className="mono quiet">{project.path}</span>
            </li>
          ))}
        </ul>
      )}
      <form className="start-form" onSubmit={(event) => void submit(event)}>
        <label className="field grow">
          <span>Folder of a repository on the daemon’s machine</span>
          <input
            className="input mono"
            value={path}
            required
            placeholder="/home/you/project"
            aria-invalid={trouble !== null}
            onChange={(event) => setPath(event.target.value)}
          />
        </label>
        <label className="field">
          <span>Name</span>
          <input className="input" value={name ?? nameOf(path)} required onChange={(event) => setName(event.target.value)} />
        </label>
        <button type="submit" className="button">
          Register
        </button>
      </form>
      {trouble && (
        <p role="alert" className="note state-bad">
          {trouble}
        </p>
      )}
    </>
  );
}

function Demo() {
  return (
    <section className="panel stack" aria-labelledby="demo">
      <h2 id="demo">Or watch first</h2>
      <p>
        The demo needs no agent, no login and no key: scripted agents work off eight items on a sample repository of its own, are checked,
        reviewed and merged.
      </p>
      <p>
        <Command text="./run demo --keep" />
      </p>
      <p className="quiet">
        It starts a daemon of its own and prints the address of its board. Without <code>--keep</code> everything is gone afterwards.
      </p>
    </section>
  );
}

/** The three steps to the first piece of work, and the demo. Shown in place of an empty board, too. */
export function FirstSteps({ isBoard = false }: { isBoard?: boolean }) {
  const agents = useAgents();
  const projects = useQuery(projectsQuery).data?.projects ?? [];
  const items = useQuery(cardsQuery).data?.size ?? 0;
  const [, go] = useLocation();
  const { done, next } = progressOf(agents.agents, projects.length, items);
  return (
    <div className="start stack">
      <div>
        <h1>{isBoard ? 'Three steps to a board at work' : 'First steps'}</h1>
        <p className="quiet">Work in any order; what is there already is ticked.</p>
      </div>
      <ol className="start-steps">
        <Step
          no={1}
          title="Agents found and logged in"
          isDone={done[0]!}
          isNext={next === 0}
          says="One is enough. Agents run with the login you already have; nothing is copied."
        >
          <Agents {...agents} />
        </Step>
        <Step
          no={2}
          title="Pick a repository"
          isDone={done[1]!}
          isNext={next === 1}
          says="Each piece of work gets a worktree of its own; your checkout stays as it is."
        >
          <Repository projects={projects} />
        </Step>
        <Step
          no={3}
          title="Add an item"
          isDone={done[2]!}
          isNext={next === 2}
          says="What is to be done, and how one sees that it is. Make it ready to have it started."
        >
          <NewItemForm project={projects[0]?.name ?? ''} onDone={() => go('/')} />
        </Step>
      </ol>
      <Demo />
    </div>
  );
}
