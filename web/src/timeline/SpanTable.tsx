import { Link } from 'wouter';
import { runPath } from '../app/routes';
import { cleanLine } from '../parts/text';
import { tookWords, type Row } from './layout';

/** More lines are in the drawing. */
const most = 500;

/** The same as a table: for reading aloud, for copying. */
export function SpanTable({ rows, now }: { rows: readonly Row[]; now: number }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Timeline as a table">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Kind</th>
            <th scope="col">State</th>
            <th scope="col">Began</th>
            <th scope="col">Took</th>
            <th scope="col">Whose time</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map(({ span, depth }) => (
            <tr key={span.id}>
              <td style={{ paddingLeft: `${0.5 + depth}rem` }}>
                {span.kind === 'run' && span.run_id ? (
                  <Link href={runPath(span.run_id)}>{cleanLine(span.title)}</Link>
                ) : (
                  cleanLine(span.title)
                )}
              </td>
              <td>{span.kind}</td>
              <td>{span.state?.replaceAll('_', ' ') ?? ''}</td>
              <td className="nowrap">{new Date(span.from).toLocaleString([], { hour12: false })}</td>
              <td className="nowrap">
                {tookWords(span, now)}
                {span.to === null ? ' so far' : ''}
              </td>
              <td>{span.is_human ? 'a person’s' : span.is_wait ? 'waiting' : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <p className="quiet">
          The first {most} of {rows.length}.
        </p>
      )}
    </div>
  );
}
