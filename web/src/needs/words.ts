import type { Need, RunRequest } from '../api/types';
import { inPlainWords } from '../parts/text';
import { itemPath, planPath, reviewPath, runPath } from '../app/routes';

/** Sign and word of what is needed. */
export const kinds: Readonly<Record<string, { sign: string; title: string; tone: 'warn' | 'bad' | 'busy' }>> = {
  approval: { sign: '‖', title: 'Approval', tone: 'warn' },
  question: { sign: '?', title: 'Question', tone: 'warn' },
  login: { sign: '⚿', title: 'Login', tone: 'bad' },
  decision: { sign: '◇', title: 'Decision', tone: 'warn' },
  review: { sign: '◎', title: 'Review', tone: 'busy' },
  stalled: { sign: '…', title: 'Stalled', tone: 'bad' },
  failed: { sign: '✕', title: 'Failed', tone: 'bad' },
  conflict: { sign: '⇄', title: 'Conflict', tone: 'bad' },
  budget: { sign: '$', title: 'Budget', tone: 'bad' },
};

/** What is read of a need: the daemon's own words without commands, for there are buttons; what a run asks stays word for word. Pure. */
export const saysOf = (need: Need): string => (['approval', 'question'].includes(need.kind) ? need.text : inPlainWords(need.text));

/** Where a need is looked at closely. Pure. */
export function placeOf(need: Need): string {
  if (need.kind === 'review' && need.item_id) return reviewPath(need.item_id);
  if (need.kind === 'decision' && need.plan_id) return planPath(need.plan_id);
  if (need.kind === 'budget') return '/app/usage';
  if (need.kind === 'stalled' && need.run_id) return runPath(need.run_id);
  if (need.item_id) return itemPath(need.item_id);
  return need.run_id ? runPath(need.run_id) : '/';
}

/** Most urgent first; of the same urgency the one that waits longest. Pure. */
export const byUrgency = (needs: readonly Need[]): Need[] =>
  [...needs].sort((a, b) => a.urgency - b.urgency || Date.parse(a.since) - Date.parse(b.since) || a.id.localeCompare(b.id));

/** What two requests must share to be answered together: everything but who asks, and since when. Pure. */
const sameness = (need: Need): string | null =>
  need.request_id === null ? null : JSON.stringify([need.kind, need.project, need.command ?? need.text, need.options]);

/** The requests that ask for exactly the same, the given one among them. Pure. */
export function equalTo(need: Need, needs: readonly Need[]): Need[] {
  const key = sameness(need);
  return key === null ? [need] : needs.filter((other) => sameness(other) === key);
}

/** What an agent said of what it wants to do, beside the exact command: its tool, the change, and what else there is as JSON. Pure. */
export function detailOf(request: Pick<RunRequest, 'detail'> | undefined): {
  tool: string | null;
  diff: string | null;
  rest: string | null;
} {
  const detail = request?.detail as Record<string, unknown> | null | undefined;
  if (!detail || typeof detail !== 'object') return { tool: null, diff: null, rest: null };
  const text = (name: string): string | null => (typeof detail[name] === 'string' ? (detail[name] as string) : null);
  const known = ['command', 'folder', 'path', 'paths', 'diff', 'tool'];
  const rest = Object.fromEntries(Object.entries(detail).filter(([name]) => !known.includes(name)));
  return { tool: text('tool'), diff: text('diff'), rest: Object.keys(rest).length > 0 ? JSON.stringify(rest, null, 2) : null };
}

/** What follows from each answer, in words. Pure. */
export function followsOf(need: Need, request: RunRequest | undefined): { yes: string; no: string; silence: string | null } {
  const late: Record<string, string> = { deny: 'it counts as denied', continue: 'it goes on without an answer', park: 'it is set aside' };
  const silence = request?.expires_at
    ? `If nobody answers until ${new Date(request.expires_at).toLocaleTimeString()}, ${late[request.on_expiry] ?? request.on_expiry}.`
    : null;
  if (need.kind === 'question') return { yes: 'The run goes on with your answer.', no: '', silence };
  return {
    yes: 'The run goes on and does it.',
    no: 'The run is told that it may not, with your reason, and goes on without it.',
    silence,
  };
}

/** How far an approval reaches, in words. */
export const scopes: readonly { id: 'once' | 'run' | 'project'; title: string; says: string }[] = [
  { id: 'once', title: 'Once', says: 'this one time' },
  { id: 'run', title: 'This run', says: 'the same for the rest of this run' },
  { id: 'project', title: 'This project', says: 'the same in this project from now on, as a rule' },
];
