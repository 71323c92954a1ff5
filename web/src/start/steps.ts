import type { Got } from '../api/answer';

export type DoctorLook = Got<'/doctor'>;
type Check = DoctorLook['checks'][number];

/** An agent as the check of the machine found it. */
export interface FoundAgent {
  name: string;
  /** ready: there and logged in; doubtful: there, but something is missing; absent: not on this machine, or not set up. */
  state: 'ready' | 'doubtful' | 'absent';
  found: string;
  fix: string | null;
}

const prefix = 'agent ';

/** The agents of a check, those that can be used first. Pure. */
export function agentsOf(checks: readonly Check[]): FoundAgent[] {
  const order = { ready: 0, doubtful: 1, absent: 2 };
  return checks
    .filter((check) => check.name.startsWith(prefix))
    .map((check): FoundAgent => ({
      name: check.name.slice(prefix.length),
      found: check.found,
      fix: check.fix ?? null,
      // Any ACP agent could be used: that none is set up is no fault of the machine, and no agent either.
      state: /not found|no profile uses it/.test(check.found) ? 'absent' : check.status === 'ok' ? 'ready' : 'doubtful',
    }))
    .sort((a, b) => order[a.state] - order[b.state]);
}

/** A project's name from its folder: letters, digits, dots and hyphens. Pure. */
export const nameOf = (path: string): string =>
  (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? ''
  )
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');

/** Which of the three steps are done. Pure. */
export const progressOf = (agents: readonly FoundAgent[], projects: number, items: number): { done: boolean[]; next: number } => {
  const done = [agents.some((agent) => agent.state === 'ready'), projects > 0, items > 0];
  const next = done.indexOf(false);
  return { done, next: next < 0 ? done.length : next };
};
