import { Bar } from '../parts/Bar';
import { money, tokens } from '../parts/numbers';
import type { DayLimit } from './queries';

const amount = (limit: DayLimit, value: number): string => (limit.unit === 'usd' ? money(value) : `${tokens(value)} tokens`);

/** Limits of the day, of all and of projects, with how much of them is used. */
export function BudgetBars({ limits, usedUsd }: { limits: readonly DayLimit[]; usedUsd?: number | null }) {
  if (limits.length === 0) {
    return (
      <p className="quiet">
        {usedUsd !== undefined && <>{usedUsd === null ? 'Cost of today unknown. ' : `${money(usedUsd)} today. `}</>}No limit is set:{' '}
        <code>limits.per_day_usd</code> in the configuration sets one.
      </p>
    );
  }
  return (
    <ul className="usage-budgets">
      {limits.map((limit) => (
        <li key={`${limit.project} ${limit.unit}`}>
          <span>{limit.project ?? 'All projects'}</span>
          <Bar
            part={limit.used}
            of={limit.limit}
            tone={limit.reached ? 'bad' : limit.used > limit.limit * 0.8 ? 'warn' : 'good'}
            label={`${amount(limit, limit.used)} of ${amount(limit, limit.limit)} used today`}
          />
          <span className={limit.reached ? 'state-bad' : ''}>
            {amount(limit, limit.used)} of {amount(limit, limit.limit)}
            {limit.reached && ' – reached: what is new waits'}
          </span>
        </li>
      ))}
    </ul>
  );
}
