import { send, wordsOf } from '../api/http';
import type { Card } from '../api/types';
import { tell } from '../app/toasts';
import { counted } from '../parts/numbers';
import { titleOf, type Column } from './columns';
import { free } from './freed';
import { whileBusy } from './live';
import { cancelOf, moved, moveOf, undoOf, type Move, type Step } from './moves';
import { cardsNow, patchCards } from './queries';

const short = (card: Card): string => (card.title.length > 48 ? `${card.title.slice(0, 47)}…` : card.title);

const call = (id: string, step: Step): Promise<unknown> => {
  if ('to' in step) return send('POST', `/items/${id}/transition`, { to_status: step.to });
  return step.do === 'run'
    ? send('POST', `/api/executor/run/${id}`, { mode: 'automatic' })
    : send('POST', `/reviews/${id}/decision`, { decision: 'accept' });
};

const callAll = async (id: string, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) await call(id, step);
};

/** Those ids that have a card. */
export const cardsOf = (ids: Iterable<string>): Card[] => [...ids].map((id) => cardsNow()?.get(id)).filter((card) => card !== undefined);

/**
 * Shows the new state at once, asks the daemon, and shows the old one again with its reason when it refuses. The last word is what the
 * daemon's row says: it is read afterwards in any case.
 */
async function act(card: Card, guess: Card, command: () => Promise<unknown>): Promise<boolean> {
  free([card.id]);
  patchCards([guess]);
  return whileBusy([card.id], async () => {
    try {
      await command();
      return true;
    } catch (error) {
      free([card.id]);
      patchCards([card]);
      tell(`“${short(card)}” stays as it was: ${wordsOf(error)}`, { tone: 'bad' });
      return false;
    }
  });
}

async function takeBack(cards: readonly Card[], ways: readonly string[][]): Promise<void> {
  await Promise.all(
    cards.map((card, at) => {
      const now = cardsNow()?.get(card.id) ?? card;
      return act(now, { ...card }, () =>
        callAll(
          card.id,
          ways[at]!.map((to) => ({ to })),
        ),
      );
    }),
  );
}

async function carryOut(cards: readonly Card[], move: (card: Card) => Move, done: string): Promise<void> {
  const refused = cards.map((card) => ({ card, move: move(card) })).filter((one) => 'why' in one.move);
  const wanted = cards
    .map((card) => ({ card, move: move(card) }))
    .filter((one): one is { card: Card; move: Exclude<Move, { why: string }> } => !('why' in one.move));
  for (const { card, move: no } of refused.slice(0, 3)) tell(`“${short(card)}”: ${'why' in no ? no.why : ''}`, { tone: 'bad' });
  const results = await Promise.all(
    wanted.map(({ card, move: yes }) => act(card, moved(card, yes.status), () => callAll(card.id, yes.steps))),
  );
  const did = wanted.filter((_, at) => results[at]);
  if (did.length === 0) return;
  const ways = did.map(({ card, move: yes }) => undoOf(card, yes));
  const text = did.length === 1 ? `“${short(did[0]!.card)}” ${done}.` : `${counted(did.length, 'card')} ${done}.`;
  const back = ways.every((way) => way !== null)
    ? {
        undo: () =>
          void takeBack(
            did.map((one) => one.card),
            ways as string[][],
          ),
      }
    : {};
  tell(text, back);
}

const doneWords: Readonly<Record<Column, string>> = {
  inbox: 'moved to Inbox',
  ready: 'moved to Ready',
  in_flight: 'started',
  review: 'moved to Review',
  done: 'moved to Done',
};

/** Moves cards to a column, which is a command to the daemon. Each refusal is told. */
export const moveCards = (ids: Iterable<string>, column: Column): Promise<void> =>
  carryOut(cardsOf(ids), (card) => moveOf(card, column), doneWords[column]);

export const cancelCards = (ids: Iterable<string>): Promise<void> => carryOut(cardsOf(ids), cancelOf, 'canceled');

/** Ends the runs that are at work on cards. */
export async function stopRuns(ids: Iterable<string>): Promise<void> {
  for (const card of cardsOf(ids).filter((one) => one.run_id !== null && one.status === 'in_flight'))
    if (await act(card, { ...card, run_status: 'stopping' }, () => send('POST', `/runs/${card.run_id}/cancel`)))
      tell(`The run of “${short(card)}” is stopped.`);
}

type Edit = Partial<Pick<Card, 'title' | 'priority'>> & { profile?: string };

/** Changes what cards say, with a way back. */
export async function editCards(ids: Iterable<string>, edit: Edit): Promise<void> {
  const cards = cardsOf(ids);
  const results = await Promise.all(cards.map((card) => act(card, { ...card, ...edit }, () => send('PATCH', `/items/${card.id}`, edit))));
  const did = cards.filter((_, at) => results[at]);
  if (did.length === 0) return;
  const undo = (): void =>
    void Promise.all(
      did.map((card) => {
        const old = Object.fromEntries(Object.keys(edit).map((member) => [member, card[member as keyof Edit] ?? '']));
        return act({ ...card, ...edit }, card, () => send('PATCH', `/items/${card.id}`, old));
      }),
    );
  const what = Object.entries(edit)
    .map(([member, value]) => (member === 'title' ? 'renamed' : `${member} ${value}`))
    .join(', ');
  tell(did.length === 1 ? `“${short(did[0]!)}”: ${what}.` : `${counted(did.length, 'card')}: ${what}.`, { undo });
}

/** Readies everything that waits in the projects' inboxes. */
export async function startProjects(names: Iterable<string>): Promise<void> {
  for (const name of new Set(names)) {
    try {
      const answer = await send<{ readied: string[] }>('POST', `/queue/projects/${encodeURIComponent(name)}/ready`);
      tell(`${name}: ${counted(answer.readied.length, 'item')} ready.`);
    } catch (error) {
      tell(wordsOf(error), { tone: 'bad' });
    }
  }
}

/** What a drop on a column will do, in words; the reason when nothing can be done. */
export function saysOf(ids: Iterable<string>, column: Column): { text: string; can: boolean } {
  const moves = cardsOf(ids).map((card) => moveOf(card, column));
  const can = moves.filter((move) => !('why' in move));
  if (can.length === 0) return { text: moves[0] && 'why' in moves[0] ? moves[0].why : titleOf(column), can: false };
  const says = 'says' in can[0]! ? can[0].says : '';
  return {
    text: can.length === 1 && moves.length === 1 ? says : `${counted(can.length, 'card')} of ${moves.length}: ${says}`,
    can: true,
  };
}
