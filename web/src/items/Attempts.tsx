import { Link } from 'wouter';
import type { Run } from '../api/types';
import { runPath } from '../app/routes';
import { money, tokens } from '../parts/numbers';
import { State } from '../parts/State';
import { Ago, Lasting } from '../parts/Time';
import { cleanLine } from '../parts/text';

const spent = (run: Run): string => {
  if (!run.usage) return '–';
  const count = run.usage.input_tokens + run.usage.output_tokens;
  const cost = run.usage.cost_usd;
  return (
    [
      count > 0 ? `${tokens(count)} tok` : null,
      cost !== null && cost !== undefined ? money(cost, run.usage.cost_source === 'estimate') : null,
    ]
      .filter(Boolean)
      .join(' · ') || '–'
  );
};

/** The last line of git's statistics: 2 files changed, 2 insertions(+). */
const totalOf = (stat: string): string => /\d+ files? changed.*$/s.exec(stat)?.[0] ?? stat;

const rows: readonly { title: string; of: (run: Run) => React.ReactNode }[] = [
  { title: 'State', of: (run) => <State of={run.status} /> },
  { title: 'Reason', of: (run) => run.reason?.replaceAll('_', ' ') ?? (run.result?.goal_met === false ? 'goal not met' : '–') },
  {
    title: 'Profile',
    of: (run) => (
      <>
        {run.profile}{' '}
        <span className="quiet">
          {run.agent}
          {run.model ? `, ${run.model}` : ''}
        </span>
      </>
    ),
  },
  { title: 'Began', of: (run) => <Ago at={run.started_at ?? run.created_at} /> },
  { title: 'Took', of: (run) => (run.started_at ? <Lasting from={run.started_at} to={run.ended_at} /> : '–') },
  { title: 'Used', of: spent },
  {
    title: 'Changed',
    of: (run) => (run.git_diff_stat ? <Link href={runPath(run.id, 'changes')}>{totalOf(run.git_diff_stat)}</Link> : '–'),
  },
  {
    title: 'Said',
    of: (run) => (
      <span className="item-said">{cleanLine(run.result?.summary ?? run.error?.message ?? run.last_message ?? '–').slice(0, 400)}</span>
    ),
  },
];

/** Every run of the item side by side, the newest first. */
export function Attempts({ runs }: { runs: readonly Run[] }) {
  if (runs.length === 0) return null;
  return (
    <section className="panel stack" aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Attempts side by side">
        <table className="table item-attempts">
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden-text">Of</span>
              </th>
              {runs.map((run) => (
                <th key={run.id} scope="col">
                  <Link href={runPath(run.id)}>{run.trigger === 'item' ? `Attempt ${run.attempt}` : `${run.trigger}, ${run.attempt}`}</Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.title}>
                <th scope="row">{row.title}</th>
                {runs.map((run) => (
                  <td key={run.id}>{row.of(run)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
