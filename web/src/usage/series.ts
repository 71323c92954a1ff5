import { money, tokens } from '../parts/numbers';
import type { UsageRow } from './queries';

/** What the chart draws: one value for each day, also for those on which nothing ran. */
export interface Series {
  /** Days as seconds since 1970, at their local noon: no change of clocks moves them to another day. */
  days: number[];
  usd: (number | null)[];
  /** Of which estimated. */
  estimated: number[];
  tokens: number[];
}

const noonOf = (day: string): number => new Date(`${day}T12:00:00`).getTime() / 1000;

const next = (day: string): string => {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
};

/** Days from the first that is wanted (or has something) to today, without gaps. Pure. */
export function seriesOf(rows: readonly UsageRow[], since: string, today: string): Series {
  const byDay = new Map(rows.map((row) => [row.key, row]));
  const first = since !== '' ? since : ([...byDay.keys()].sort()[0] ?? today);
  const series: Series = { days: [], usd: [], estimated: [], tokens: [] };
  for (let day = first; day <= today && series.days.length < 4_000; day = next(day)) {
    const row = byDay.get(day);
    series.days.push(noonOf(day));
    series.usd.push(row ? row.cost_usd : 0);
    series.estimated.push(row?.estimated_usd ?? 0);
    series.tokens.push(row ? row.input_tokens + row.output_tokens : 0);
  }
  return series;
}

/** What something cost, in words: an estimate is marked, what nobody knows is a question mark, and a part that is missing is said. Pure. */
export function costWords(row: Pick<UsageRow, 'cost_usd' | 'estimated_usd' | 'unpriced_tokens'>): string {
  if (row.cost_usd === null) return `? (${tokens(row.unpriced_tokens)} tokens without a price)`;
  const known = money(row.cost_usd, row.estimated_usd > 0);
  return row.unpriced_tokens > 0 ? `${known} + ? (${tokens(row.unpriced_tokens)} tokens without a price)` : known;
}
