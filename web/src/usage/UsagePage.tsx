import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { later } from '../app/later';
import { Link } from 'wouter';
import { Empty, Reading } from '../parts/Reading';
import { counted, money, tokens } from '../parts/numbers';
import { cleanLine } from '../parts/text';
import { useUrlState } from '../parts/urlState';
import { BudgetBars } from './BudgetBars';
import { RaiseForm } from './RaiseForm';
import { costWords, seriesOf } from './series';
import { usageQuery, type Usage } from './queries';
import './usage.css';

const UsageChart = later(() => import('./UsageChart'), 'Drawing …');

const groups = ['day', 'project', 'profile', 'agent', 'model', 'session'] as const;
const spans = [
  ['today', 'today'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['all', 'all time'],
] as const;

/** Tokens and cost, by whatever one asks; the day's budgets; the runs that used most. */
export default function UsagePage() {
  const [by, setBy] = useUrlState('by', 'day');
  const [since, setSince] = useUrlState('since', '30d');
  const days = useQuery(usageQuery('day', since, 500));
  const usage = useQuery(usageQuery(by, since));
  return (
    <div className="stack usage">
      <header className="row">
        <h1 className="grow">Usage</h1>
        <label className="row">
          Since{' '}
          <select className="input usage-short" value={since} onChange={(event) => setSince(event.target.value)}>
            {spans.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </header>
      <Reading of={days}>
        {(shown) => (
          <>
            <Budgets usage={shown} />
            <ByDay usage={shown} />
          </>
        )}
      </Reading>
      <section className="stack-tight" aria-labelledby="usage-by">
        <h2 id="usage-by">In figures</h2>
        <div className="row" role="radiogroup" aria-label="Sum up by">
          {groups.map((each) => (
            <label key={each} className="choice">
              <input type="radio" name="usage-by" checked={by === each} onChange={() => setBy(each)} /> by {each}
            </label>
          ))}
        </div>
        <Reading of={usage}>{(shown) => <Figures usage={shown} by={by} />}</Reading>
      </section>
      <MostUsed since={since} />
    </div>
  );
}

function Budgets({ usage }: { usage: Usage }) {
  return (
    <section className="panel stack-tight" aria-labelledby="usage-budgets">
      <h2 id="usage-budgets">Budgets of today</h2>
      <BudgetBars limits={usage.limits} />
      <RaiseForm limits={usage.limits} />
    </section>
  );
}

function ByDay({ usage }: { usage: Usage }) {
  const [what, setWhat] = useUrlState('show', 'usd');
  const series = useMemo(() => seriesOf(usage.rows, usage.since, usage.today), [usage]);
  return (
    <section className="panel stack-tight" aria-labelledby="usage-days">
      <div className="row">
        <h2 id="usage-days" className="grow">
          Day by day
        </h2>
        <div className="row" role="radiogroup" aria-label="Show">
          <label className="choice">
            <input type="radio" name="usage-show" checked={what === 'usd'} onChange={() => setWhat('usd')} /> cost
          </label>
          <label className="choice">
            <input type="radio" name="usage-show" checked={what === 'tokens'} onChange={() => setWhat('tokens')} /> tokens
          </label>
        </div>
      </div>
      <div className="usage-place">
        <UsageChart series={series} what={what === 'tokens' ? 'tokens' : 'usd'} />
      </div>
      <p className="quiet">
        {costWords(usage.total)} by {counted(usage.total.runs, 'run')}, {tokens(usage.total.input_tokens)} tokens in (
        {tokens(usage.total.cached_input_tokens)} from the cache), {tokens(usage.total.output_tokens)} out.
        {usage.total.estimated_usd > 0 && (
          <>
            {' '}
            {money(usage.total.estimated_usd)} of it is estimated (~, the other colour) by prices of {usage.prices.date}: a subscription may
            charge differently.
          </>
        )}
      </p>
    </section>
  );
}

function Figures({ usage, by }: { usage: Usage; by: string }) {
  if (usage.rows.length === 0) return <Empty>Nothing was used in this time.</Empty>;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Usage as a table">
      <table className="table usage-table">
        <caption className="hidden-text">Usage by {by}</caption>
        <thead>
          <tr>
            <th scope="col">{by}</th>
            <th scope="col">Runs</th>
            <th scope="col">Input</th>
            <th scope="col">from cache</th>
            <th scope="col">Output</th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          {usage.rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                {by === 'run' ? (
                  <Link href={`/app/runs/${row.key}`}>{cleanLine(row.title ?? row.key.slice(0, 8))}</Link>
                ) : (
                  cleanLine(row.title ?? (row.key || 'none'))
                )}
              </th>
              <td>{row.runs}</td>
              <td>{tokens(row.input_tokens)}</td>
              <td>{tokens(row.cached_input_tokens)}</td>
              <td>{tokens(row.output_tokens)}</td>
              <td>{costWords(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MostUsed({ since }: { since: string }) {
  const runs = useQuery(usageQuery('run', since, 10));
  return (
    <section className="stack-tight" aria-labelledby="usage-most">
      <h2 id="usage-most">Runs that used most</h2>
      <Reading of={runs}>{(shown) => <Figures usage={shown} by="run" />}</Reading>
    </section>
  );
}
