import { cache } from '../api/client';
import { getJson, Problem, send, wordsOf } from '../api/http';
import type { Need, NeedList, Plan, RunRequest } from '../api/types';
import { tell } from '../app/toasts';
import { counted } from '../parts/numbers';
import { needsQuery } from './queries';

export type Scope = 'once' | 'run' | 'project';

/** A person's word about a request. */
export interface Answer {
  decision: 'approve' | 'deny' | 'answer';
  text?: string;
  option?: string;
  scope?: Scope;
}

const said: Readonly<Record<Answer['decision'], string>> = { approve: 'Approved', deny: 'Denied', answer: 'Answered' };

const takeOut = (ids: ReadonlySet<string>): void =>
  void cache.setQueryData<NeedList>(
    needsQuery.queryKey,
    (list) => list && { ...list, needs: list.needs.filter((need) => !ids.has(need.id)) },
  );

/** Who was first, when somebody was: the refusal has the first answer. Pure. */
export function firstAnswerOf(error: unknown): string | null {
  if (!(error instanceof Problem) || error.body.status !== 409) return null;
  const {
    state,
    answered_by: by,
    request,
  } = error.body as unknown as { state?: string; answered_by?: string | null; request?: RunRequest };
  if (!state) return null;
  const text = request?.answer?.text ?? request?.answer?.option;
  return `It was ${state} before${by ? `, by ${by}` : ''}${text ? `: “${text}”` : ''}. That answer counts.`;
}

/** Takes what is dealt with from the list at once, and puts it back with the reason when the daemon refuses. True when it was done. */
async function deal(needs: readonly Need[], done: string, command: (need: Need) => Promise<unknown>): Promise<boolean> {
  takeOut(new Set(needs.map((need) => need.id)));
  const results = await Promise.allSettled(needs.map(command));
  const failed = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failed) tell(firstAnswerOf(reason) ?? wordsOf(reason), { tone: firstAnswerOf(reason) ? 'plain' : 'bad' });
  const count = needs.length - failed.length;
  if (count > 0) tell(count === 1 ? `${done}.` : `${done}: ${counted(count, 'request')}.`);
  void cache.invalidateQueries({ queryKey: needsQuery.queryKey });
  return failed.length === 0;
}

/** Answers requests; equal ones together. The first answer counts, so a second one is told which that was. */
export const answer = (needs: readonly Need[], word: Answer): Promise<boolean> =>
  deal(needs, word.option ? `Answered “${word.option}”` : said[word.decision], (need) =>
    send('POST', `/requests/${need.request_id}/answer`, word),
  );

/** Decides what a plan waits with: retry, skip or abort for an item, accept for work in review, go-on or abort for a phase. */
export const decide = (need: Need, option: string, note?: string): Promise<boolean> =>
  deal([need], `Decided: ${option}`, async () => {
    const { plan } = await getJson<{ plan: Plan }>(`/plans/${need.plan_id}`);
    const decision = plan.decisions.find((one) => one.id === need.decision_id);
    const about =
      decision && decision.phase !== null && decision.item_id === null
        ? { phase: decision.phase }
        : { item: decision?.item_id ?? need.item_id };
    return send('POST', `/plans/${need.plan_id}/decide`, { ...about, option, ...(note ? { note } : {}) });
  });

/** One of the answers that were offered: to a plan's decision, or to a request. */
export const choose = (need: Need, option: string): Promise<boolean> =>
  need.plan_id && need.decision_id ? decide(need, option) : answer([need], { decision: 'answer', option });

/** Another attempt: the item may start again, or the run of a session goes on. */
export const retry = (need: Need): Promise<boolean> =>
  deal([need], 'Tried again', () =>
    need.item_id
      ? send('POST', `/items/${need.item_id}/ready`, { reason: 'Tried again.' })
      : send('POST', `/runs/${need.run_id}/resume`, { prompt: 'Go on where you stopped.' }),
  );

/** It is not wanted any more. */
export const cancel = (need: Need): Promise<boolean> =>
  deal([need], 'Canceled', () =>
    need.item_id
      ? send('POST', `/items/${need.item_id}/transition`, { to_status: 'canceled' })
      : send('POST', `/runs/${need.run_id}/cancel`),
  );

export const stopRun = (need: Need): Promise<boolean> =>
  deal([need], 'The run is stopped', () => send('POST', `/runs/${need.run_id}/cancel`));

/** A word to the session of a run: it is told at its next turn, or goes on with it. */
export const askRun = (need: Need, text: string): Promise<boolean> =>
  deal([need], 'Sent', async () => {
    const { run } = await getJson<{ run: { session_id: string } }>(`/runs/${need.run_id}`);
    return send('POST', `/sessions/${run.session_id}/messages`, { role: 'user', text });
  });

/** Allows more for the rest of the day. */
export const raise = (need: Need, by: { usd?: number; tokens?: number }): Promise<boolean> =>
  deal([need], 'Raised for today', () => send('POST', '/usage/raise', { ...by, ...(need.project ? { project: need.project } : {}) }));
