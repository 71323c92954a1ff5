import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import type { Run } from '../api/types';
import { profilesQuery, projectsQuery } from '../api/shared';
import { useCommands } from '../app/commands';
import { itemPath, runPath } from '../app/routes';
import { Id } from '../parts/Id';
import { money, tokens } from '../parts/numbers';
import { Empty, Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { cleanLine } from '../parts/text';
import { Ago, Lasting } from '../parts/Time';
import { useUrlState } from '../parts/urlState';
import { filterOf, statusChoices, titleOf, type RunFilter } from './filters';
import { runsQuery } from './queries';
import './runs.css';

/** Every run, newest first. */
export default function RunsPage() {
  const search = useSearch();
  const filter = useMemo(() => filterOf(search), [search]);
  const query = useInfiniteQuery(runsQuery(filter));
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.runs) ?? [], [query.data]);
  const at = useRowKeys(runs);
  return (
    <div className="stack">
      <h1>Runs</h1>
      <Filters filter={filter} />
      <Reading of={query}>
        {() =>
          runs.length === 0 ? (
            <Nothing filter={filter} />
          ) : (
            <>
              <RunTable runs={runs} at={at} />
              {query.hasNextPage && (
                <p>
                  <button type="button" className="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {query.isFetchingNextPage ? 'Loading …' : 'Show older runs'}
                  </button>
                </p>
              )}
            </>
          )
        }
      </Reading>
    </div>
  );
}

const Nothing = ({ filter }: { filter: RunFilter }) =>
  Object.keys(filter).length > 0 ? (
    <Empty>
      No run is like that. <Link href="/app/runs">Show all</Link>
    </Empty>
  ) : (
    <Empty>
      No agent has run yet. <Link href="/app/start">First steps</Link>
    </Empty>
  );

/** j, k and Enter as on the board. */
function useRowKeys(runs: readonly Run[]): number {
  const [, go] = useLocation();
  const [at, setAt] = useState(-1);
  useCommands(
    useMemo(() => {
      const move = (step: number) => () =>
        setAt((now) => {
          const next = Math.max(0, Math.min(runs.length - 1, now + step));
          document.querySelector<HTMLElement>(`[data-run-row="${next}"] a`)?.focus();
          return next;
        });
      return [
        { id: 'runs.next', title: 'Next run', group: 'Runs', keys: 'j', run: move(1) },
        { id: 'runs.previous', title: 'Previous run', group: 'Runs', keys: 'k', run: move(-1) },
        {
          id: 'runs.filter',
          title: 'Filter runs',
          group: 'Runs',
          keys: '/',
          run: () => document.getElementById('runs-status')?.focus(),
        },
      ];
    }, [runs]),
  );
  useCommands(
    useMemo(
      () => (runs[at] ? [{ id: 'runs.open', title: 'Open the run', group: 'Runs', keys: 'o', run: () => go(runPath(runs[at]!.id)) }] : []),
      [runs, at, go],
    ),
  );
  return at;
}

function Filters({ filter }: { filter: RunFilter }) {
  const profiles = useQuery(profilesQuery).data?.profiles ?? [];
  const projects = (useQuery(projectsQuery).data?.projects ?? []).map((project) => project.name);
  const agents = [...new Set(profiles.map((profile) => profile.agent))].sort();
  const status = statusChoices.map((choice) => choice.value);
  return (
    <form className="runs-filters row" role="search" aria-label="Filter runs" onSubmit={(event) => event.preventDefault()}>
      <Choice
        id="runs-status"
        label="State"
        name="status"
        values={status.includes(filter.status ?? '') ? status : [...status, filter.status!]}
        words={(value) => statusChoices.find((choice) => choice.value === value)?.words ?? value}
      />
      <Choice label="Project" name="project" values={['', ...projects]} words={(value) => value || 'any project'} />
      <Choice
        label="Profile"
        name="profile"
        values={['', ...profiles.map((profile) => profile.name)]}
        words={(value) => value || 'any profile'}
      />
      <Choice label="Agent" name="agent" values={['', ...agents]} words={(value) => value || 'any agent'} />
    </form>
  );
}

function Choice({
  id,
  label,
  name,
  values,
  words,
}: {
  id?: string;
  label: string;
  name: string;
  values: string[];
  words: (value: string) => string;
}) {
  const [value, set] = useUrlState(name, '');
  // What the address names is kept even when nobody knows it any more.
  const all = values.includes(value) ? values : [...values, value];
  return (
    <label className="field">
      <span>{label}</span>
      <select id={id} className="input" value={value} onChange={(event) => set(event.target.value)}>
        {all.map((one) => (
          <option key={one} value={one}>
            {words(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function RunTable({ runs, at }: { runs: readonly Run[]; at: number }) {
  return (
    <table className="table runs-table">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Run</th>
          <th scope="col">By</th>
          <th scope="col">Took</th>
          <th scope="col">Used</th>
          <th scope="col">Begun</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run, no) => (
          <Row key={run.id} run={run} no={no} isHere={no === at} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ run, no, isHere }: { run: Run; no: number; isHere: boolean }) {
  return (
    <tr data-run-row={no} className={isHere ? 'runs-here' : undefined}>
      <td>
        <State of={run.status} {...(run.reason ? { title: run.reason } : {})} />
      </td>
      <td className="runs-title">
        <Link href={runPath(run.id)}>{cleanLine(titleOf(run))}</Link>
        <div className="quiet runs-more">
          <Id value={run.id} label="run" />
          {run.item_id && <Link href={itemPath(run.item_id)}>item</Link>}
          {run.attempt > 1 && <span>attempt {run.attempt}</span>}
          {run.error && <span className="state-bad clip">{cleanLine(run.error.message)}</span>}
        </div>
      </td>
      <td>
        {run.profile}
        <div className="quiet">
          {run.agent}
          {run.model ? ` · ${run.model}` : ''}
        </div>
      </td>
      <td>{run.started_at ? <Lasting from={run.started_at} to={run.ended_at} /> : <span className="quiet">–</span>}</td>
      <td>
        <Used run={run} />
      </td>
      <td>
        <Ago at={run.started_at ?? run.created_at} />
      </td>
    </tr>
  );
}

/** Tokens in and out, and what they cost as far as anybody knows. */
export function Used({ run }: { run: Run }) {
  const usage = run.usage;
  if (!usage) return <span className="quiet">–</span>;
  return (
    <span
      className="nowrap"
      title={`${usage.input_tokens} tokens in (${usage.cached_input_tokens} of them cached), ${usage.output_tokens} out`}
    >
      {tokens(usage.input_tokens + usage.output_tokens)} tok
      {typeof usage.cost_usd === 'number' && <span className="quiet"> {money(usage.cost_usd, usage.cost_source === 'estimate')}</span>}
    </span>
  );
}
