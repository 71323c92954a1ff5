import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { State, Tag } from '../parts/State';
import { groupBy } from './groups';
import type { Edge, PlanShown } from './queries';

/** Rows drawn at once. */
const page = 200;

/** The graph as a list: each unit with what it waits for and what waits for it. */
export function GraphList({ shown, edges, path }: { shown: PlanShown; edges: readonly Edge[]; path: readonly string[] }) {
  const [most, setMost] = useState(page);
  const before = useMemo(() => groupBy(edges, (edge) => edge.to), [edges]);
  const after = useMemo(() => groupBy(edges, (edge) => edge.from), [edges]);
  const critical = new Set(path);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Units as a list">
      <table className="table">
        <caption className="hidden-text">What waits for what</caption>
        <thead>
          <tr>
            <th scope="col">Unit</th>
            <th scope="col">State</th>
            <th scope="col">Phase</th>
            <th scope="col">Waits for</th>
            <th scope="col">Awaited by</th>
          </tr>
        </thead>
        <tbody>
          {shown.items.slice(0, most).map((unit) => (
            <tr key={unit.foreign_id}>
              <th scope="row">
                {unit.id ? (
                  <Link href={`/app/items/${unit.id}`}>
                    <code>{unit.foreign_id}</code> {unit.title}
                  </Link>
                ) : (
                  unit.title
                )}
                {critical.has(unit.foreign_id) && (
                  <>
                    {' '}
                    <Tag tone="busy">longest way</Tag>
                  </>
                )}
              </th>
              <td>{unit.status && <State of={unit.status} />}</td>
              <td>{unit.phase}</td>
              <td>
                {before.get(unit.foreign_id)?.map((edge) => (
                  <code key={edge.from}>
                    {edge.from}
                    {edge.added ? ' (same file)' : ''}{' '}
                  </code>
                )) ?? '–'}
              </td>
              <td>{after.get(unit.foreign_id)?.map((edge) => <code key={edge.to}>{edge.to} </code>) ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.items.length > most && (
        <button type="button" className="button" onClick={() => setMost(most + page)}>
          Show more ({shown.items.length - most} left)
        </button>
      )}
    </div>
  );
}
