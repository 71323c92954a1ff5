import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../api/http';
import { Bar } from '../parts/Bar';
import { Empty, Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { useAct } from '../parts/useAct';
import { usePause } from './Pauses';
import { queueProjectsQuery, type QueueProject } from './queries';

/** How far each project is, how many of its items run at once, and whether they start by themselves. */
export function Projects() {
  const projects = useQuery(queueProjectsQuery);
  return (
    <Reading of={projects}>
      {({ projects: rows }) =>
        rows.length === 0 ? (
          <Empty>No project yet. Settings › Projects adds one.</Empty>
        ) : (
          <ul className="plans-list">
            {rows.map((project) => (
              <Row key={project.name} project={project} />
            ))}
          </ul>
        )
      }
    </Reading>
  );
}

function Row({ project }: { project: QueueProject }) {
  const [most, setMost] = useState(String(project.max_parallel ?? ''));
  const { hold, go } = usePause();
  const set = useAct(
    (body: { max_parallel?: number; auto_run?: boolean }) => send('POST', '/queue/projects', { name: project.name, ...body }),
    {
      reads: ['queue'],
      said: () => `${project.name} is set.`,
    },
  );
  const ready = useAct(() => send<{ readied: string[] }>('POST', `/queue/projects/${encodeURIComponent(project.name)}/ready`), {
    reads: ['queue', 'items'],
    said: (answer) => `${answer.readied.length} readied.`,
  });
  const isPaused = project.status === 'paused';
  const isKnown = /^[1-9]\d*$/.test(most) && Number(most) !== project.max_parallel;
  return (
    <li className="queue-project">
      <div className="row">
        <h3 className="grow">{project.name}</h3>
        <State of={project.status} />
        <Bar part={project.done} of={project.total} label={`${project.done} of ${project.total} items done`} />
        <span className="nowrap">
          {project.done}/{project.total}, {project.in_flight} at work, {project.review} in review
        </span>
      </div>
      <div className="row">
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (isKnown) set.mutate({ max_parallel: Number(most) });
          }}
        >
          <label className="row">
            At once{' '}
            <input
              className="input queue-number"
              type="number"
              min={1}
              value={most}
              placeholder="no limit"
              onChange={(event) => setMost(event.target.value)}
            />
          </label>
          {isKnown && (
            <button type="submit" className="button button-small">
              Set
            </button>
          )}
        </form>
        <label className="row">
          <input type="checkbox" checked={project.auto_run} onChange={(event) => set.mutate({ auto_run: event.target.checked })} />
          ready items start by themselves
        </label>
        <span className="grow" />
        <button type="button" className="button button-small" onClick={() => ready.mutate(undefined)}>
          Ready all of it
        </button>
        <button type="button" className="button button-small" onClick={() => (isPaused ? go : hold).mutate({ project: project.name })}>
          {isPaused ? 'Resume' : 'Pause'}
        </button>
      </div>
      <p className="quiet mono">{project.path}</p>
    </li>
  );
}
