import type { Check } from '../api/types';

type Evidence = Check['evidence'][number];

/** A criterion with what the last check saw of it. */
export interface Criterion {
  text: string;
  /** passed, failed, or open when nothing says that it is met. */
  state: 'passed' | 'failed' | 'open';
  evidence: Evidence[];
}

/** The last check that has ended, or the newest. Checks come newest first. Pure. */
export const lastCheck = (checks: readonly Check[]): Check | null =>
  checks.find((check) => check.state === 'finished') ?? checks[0] ?? null;

/** Each criterion with its evidence; what the check saw besides is in `rest`. Pure. */
export function criteriaOf(criteria: readonly string[], check: Check | null): { criteria: Criterion[]; rest: Evidence[] } {
  const all = check?.evidence ?? [];
  const of = (text: string): Evidence[] => all.filter((evidence) => evidence.criterion === text);
  return {
    criteria: criteria.map((text) => {
      const evidence = of(text);
      const state = evidence.some((one) => one.outcome === 'failed')
        ? 'failed'
        : evidence.some((one) => one.outcome === 'passed')
          ? 'passed'
          : 'open';
      return { text, state, evidence };
    }),
    rest: all.filter((evidence) => evidence.criterion === null || !criteria.includes(evidence.criterion)),
  };
}
