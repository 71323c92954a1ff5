import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Run } from '../api/types';
import { itemQuery } from '../api/shared';
import { itemPath, runPath } from '../app/routes';
import { Id } from '../parts/Id';
import { counted } from '../parts/numbers';
import { State, Tag } from '../parts/State';
import { clean, cleanLine, inPlainWords } from '../parts/text';
import { Ago, Lasting } from '../parts/Time';
import { isOpen, titleOf } from './filters';
import { childrenQuery, diagnosisQuery, type Diagnosis } from './queries';
import { RunActions } from './RunActions';
import { Used } from './RunsPage';

/** What the run is and where it stands, above the tabs. */
export function RunHeader({ run }: { run: Run }) {
  const diagnosis = useQuery({ ...diagnosisQuery(run.id), refetchInterval: isOpen(run.status) ? 15_000 : false });
  return (
    <header className="run-head">
      <div className="row">
        <h1 className="clip grow" title={clean(titleOf(run))}>
          {cleanLine(titleOf(run))}
        </h1>
        <RunActions run={run} />
      </div>
      <div className="row run-state">
        <State of={run.status} />
        {run.reason && <Tag tone={run.status === 'succeeded' ? 'plain' : 'bad'}>{run.reason.replaceAll('_', ' ')}</Tag>}
        {diagnosis.data && <Health of={diagnosis.data} />}
        <Elapsed run={run} />
        <Used run={run} />
        <Id value={run.id} label="run" />
      </div>
      {diagnosis.data && <Waits run={run} of={diagnosis.data} />}
      <details className="run-facts">
        <summary>
          {run.profile} · {run.agent}
          {run.model ? ` · ${run.model}` : ''}
          {run.attempt > 1 ? ` · attempt ${run.attempt}` : ''}
          {run.workspace?.branch ? ` · ${cleanLine(run.workspace.branch)}` : ''}
        </summary>
        <Facts run={run} />
      </details>
      <Kin run={run} />
    </header>
  );
}

function Elapsed({ run }: { run: Run }) {
  if (!run.started_at)
    return (
      <span className="quiet">
        queued <Ago at={run.created_at} />
      </span>
    );
  return (
    <span className="nowrap" title={`Began ${new Date(run.started_at).toLocaleString()}`}>
      {run.ended_at ? 'took ' : 'for '}
      <Lasting from={run.started_at} to={run.ended_at} />
    </span>
  );
}

function Health({ of }: { of: Diagnosis }) {
  const health = typeof of.health === 'string' ? { state: of.health, text: null } : of.health;
  return health?.state ? <State of={health.state} {...(health.text ? { title: health.text } : {})} /> : null;
}

/** Why it is where it is, when there is something to say. */
function Waits({ run, of }: { run: Run; of: Diagnosis }) {
  if (of.likely_issue.code === 'none' && !run.error) return null;
  const bad = !isOpen(run.status) && run.status !== 'succeeded';
  return (
    <p className={`note run-waits state-${bad ? 'bad' : of.likely_issue.code === 'none' ? 'plain' : 'warn'}`}>
      <span>{clean(inPlainWords(of.likely_issue.text))}</span>
    </p>
  );
}

function Facts({ run }: { run: Run }) {
  const facts: [string, React.ReactNode][] = [
    [
      'Profile',
      <>
        {run.profile}
        {run.profile_why && <span className="quiet"> ({cleanLine(run.profile_why)})</span>}
      </>,
    ],
    ['Agent', `${run.agent}${run.model ? `, model ${run.model}` : ''}`],
    ['Protection', run.protection ?? 'not started yet'],
    ['Attempt', `${run.attempt}${run.retry_how ? `, ${run.retry_how}` : ''}`],
    ['Begun by', run.trigger],
    [
      'Workspace',
      run.workspace ? (
        <>
          <span className="mono">{cleanLine(run.workspace.path)}</span> <span className="quiet">({run.workspace.kind})</span>
        </>
      ) : (
        'none yet'
      ),
    ],
    ['Branch', run.workspace?.branch ? <span className="mono">{cleanLine(run.workspace.branch)}</span> : 'none'],
    ['Based on', run.workspace?.base ? <Id value={run.workspace.base} label="commit" /> : 'nothing'],
    ['Exit code', run.exit_code ?? '–'],
    ['Summary', run.result?.summary ? cleanLine(run.result.summary) : '–'],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The item it works on, who spawned it, whom it spawned, what came before and after. */
function Kin({ run }: { run: Run }) {
  const item = useQuery({ ...itemQuery(run.item_id ?? ''), enabled: run.item_id !== null }).data;
  const children = useQuery(childrenQuery(run.id)).data ?? [];
  const links: [string, string, string][] = [
    ...(run.item_id
      ? [['Item', itemPath(run.item_id), item ? `#${item.number} ${item.title}` : run.item_id.slice(0, 8)] as [string, string, string]]
      : []),
    ...(run.parent_run_id ? [['Spawned by', runPath(run.parent_run_id), run.parent_run_id.slice(0, 8)] as [string, string, string]] : []),
    ...(run.retry_of ? [['Follows', runPath(run.retry_of), run.retry_of.slice(0, 8)] as [string, string, string]] : []),
    ...(run.next_run_id ? [['Goes on as', runPath(run.next_run_id), run.next_run_id.slice(0, 8)] as [string, string, string]] : []),
  ];
  if (links.length + children.length === 0) return null;
  return (
    <nav className="row run-kin" aria-label="What this run belongs to">
      {links.map(([words, to, name]) => (
        <span key={words + to} className="clip">
          <span className="quiet">{words}</span> <Link href={to}>{cleanLine(name)}</Link>
        </span>
      ))}
      {children.length > 0 && (
        <details>
          <summary>{counted(children.length, 'child', 'children')}</summary>
          <ul className="run-children">
            {children.map((child) => (
              <li key={child.id}>
                <State of={child.status} /> <Link href={runPath(child.id)}>{cleanLine(titleOf(child))}</Link>
              </li>
            ))}
          </ul>
        </details>
      )}
    </nav>
  );
}
