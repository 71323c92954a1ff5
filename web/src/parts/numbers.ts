/** Tokens as people say them: 940, 12.3k, 1.2M. */
export function tokens(count: number): string {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${(count / 1_000).toFixed(count < 10_000 ? 1 : 0)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

/** Money of a run or a day, in US dollars. An estimate has a tilde: it comes from the price table, not from the agent. */
export const money = (usd: number, isEstimate = false): string => `${isEstimate ? '~' : ''}$${usd < 0.1 ? usd.toFixed(3) : usd.toFixed(2)}`;

/** One thing or several: 1 item, 3 items. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
