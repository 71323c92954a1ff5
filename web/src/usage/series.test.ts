import { expect, test } from 'vitest';
import { costWords, seriesOf } from './series';

const row = (key: string, cost: number | null, more = {}) => ({
  key,
  title: null,
  runs: 1,
  input_tokens: 100,
  cached_input_tokens: 0,
  output_tokens: 20,
  cost_usd: cost,
  estimated_usd: 0,
  unpriced_tokens: 0,
  ...more,
});

test('a day without a run is a zero, not a gap, also over the end of a month', () => {
  const series = seriesOf([row('2026-03-02', 2), row('2026-02-27', 1)], '2026-02-27', '2026-03-02');
  expect(series.usd).toEqual([1, 0, 0, 2]);
  expect(series.tokens).toEqual([120, 0, 0, 120]);
});

test('a day whose cost nobody knows is no zero', () => {
  expect(seriesOf([row('2026-03-02', null, { unpriced_tokens: 120 })], '2026-03-02', '2026-03-02').usd).toEqual([null]);
});

test('all time begins with the first day that has something', () => {
  expect(seriesOf([row('2026-03-02', 1), row('2026-03-01', 1)], '', '2026-03-02').days).toHaveLength(2);
  expect(seriesOf([], '', '2026-03-02').days).toHaveLength(1);
});

test('estimates have their mark, and what is missing is said', () => {
  expect(costWords(row('x', 1.5))).toBe('$1.50');
  expect(costWords(row('x', 1.5, { estimated_usd: 0.5 }))).toBe('~$1.50');
  expect(costWords(row('x', null, { unpriced_tokens: 1_500 }))).toBe('? (1.5k tokens without a price)');
  expect(costWords(row('x', 1, { unpriced_tokens: 940 }))).toBe('$1.00 + ? (940 tokens without a price)');
});
