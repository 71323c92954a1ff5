import { cache } from '../api/client';
import { send, wordsOf } from '../api/http';
import type { Item, Run } from '../api/types';
import { itemQuery } from '../api/shared';
import { tell } from '../app/toasts';
import type { Column } from '../board/columns';
import { cancelOf, movableOf, moveOf, undoOf, type Move, type Step } from '../board/moves';

/** Something that can be done with an item now, in words; `why` says why it cannot. */
export interface ItemAction {
  id: string;
  title: string;
  says: string;
  why?: string;
  run: () => void;
  tone?: 'main' | 'bad';
}

const put = (item: Item): void => void cache.setQueryData(itemQuery(item.id).queryKey, item);
const again = (id: string): void => void cache.invalidateQueries({ queryKey: ['items', id] });

/** Shows the new state at once; takes it back with the reason when the daemon refuses. True when it was done. */
export async function change(
  item: Item,
  guess: Partial<Item>,
  command: () => Promise<unknown>,
  done: string,
  undo?: () => void,
): Promise<boolean> {
  put({ ...item, ...guess });
  try {
    await command();
    tell(done, undo ? { undo } : {});
    return true;
  } catch (error) {
    put(item);
    tell(wordsOf(error), { tone: 'bad' });
    return false;
  } finally {
    again(item.id);
  }
}

export type Edit = Partial<Pick<Item, 'title' | 'description' | 'acceptance_criteria' | 'priority' | 'profile' | 'criticality'>>;

/** Changes what an item says, with a way back. An empty profile is none of its own. */
export function edit(item: Item, members: Edit): Promise<boolean> {
  const old = Object.fromEntries(Object.keys(members).map((name) => [name, item[name as keyof Edit] ?? '']));
  const undo = (): void => void change({ ...item, ...members }, old as Edit, () => send('PATCH', `/items/${item.id}`, old), 'Taken back.');
  return change(
    item,
    members,
    () => send('PATCH', `/items/${item.id}`, members),
    `Changed ${Object.keys(members).join(', ').replaceAll('_', ' ')}.`,
    undo,
  );
}

const call = (id: string, step: Step, profile?: string): Promise<unknown> => {
  if ('to' in step) return send('POST', `/items/${id}/transition`, { to_status: step.to });
  if (step.do === 'accept') return send('POST', `/reviews/${id}/decision`, { decision: 'accept' });
  return send('POST', `/api/executor/run/${id}`, { mode: 'automatic', ...(profile ? { profile } : {}) });
};

async function carryOut(item: Item, move: Move, done: string, profile?: string): Promise<void> {
  if ('why' in move) return tell(move.why, { tone: 'bad' });
  const way = undoOf(movableOf(item), move);
  const undo =
    way === null
      ? undefined
      : () =>
          void carryOut(
            { ...item, status: move.status as Item['status'] },
            { steps: way.map((to) => ({ to })), says: '', status: item.status ?? 'inbox' },
            'Taken back.',
          );
  await change(
    item,
    { status: move.status as Item['status'] },
    async () => {
      for (const step of move.steps) await call(item.id, step, profile);
    },
    done,
    undo,
  );
}

const moving = (item: Item, id: string, title: string, column: Column, done: string, tone?: 'main'): ItemAction => {
  const move = moveOf(movableOf(item), column);
  return {
    id,
    title,
    says: 'why' in move ? '' : move.says,
    run: () => void carryOut(item, move, done),
    ...('why' in move ? { why: move.why } : {}),
    ...(tone ? { tone } : {}),
  };
};

/** Starts a run of the item, whatever it waits in, with another profile. */
export const runWith = (item: Item, profile: string): Promise<void> =>
  carryOut(item, moveOf(movableOf(item), 'in_flight'), `Started with ${profile}.`, profile);

const isOver = (run: Run | null): boolean => run !== null && run.ended_at !== null;

function delivering(item: Item, run: Run | null): ItemAction[] {
  const why = !isOver(run)
    ? 'There is no finished run to deliver.'
    : run!.workspace?.branch
      ? undefined
      : 'Its work has no branch of its own.';
  const deliver = (strategy: string, done: string) => (): void =>
    void send('POST', `/runs/${run!.id}/deliver`, { strategy }).then(
      () => {
        tell(done);
        again(item.id);
      },
      (error) => tell(wordsOf(error), { tone: 'bad' }),
    );
  const rest = why === undefined ? {} : { why };
  return [
    {
      id: 'merge',
      title: 'Merge',
      says: 'Puts its work together with the branch it came from, verifies that, and moves the branch.',
      run: deliver('merge', 'The merge is under way.'),
      ...rest,
    },
    {
      id: 'pull',
      title: 'Pull request',
      says: 'Pushes its branch and opens a pull request.',
      run: deliver('pull_request', 'The pull request is under way.'),
      ...rest,
    },
  ];
}

/** Everything a person can do with an item, what helps most first. */
export function actionsOf(item: Item, run: Run | null): ItemAction[] {
  const off = cancelOf(movableOf(item));
  const stop: ItemAction = {
    id: 'stop',
    title: 'Stop the run',
    says: 'Ends the attempt that is at work; its work so far is kept.',
    tone: 'bad',
    run: () => void change(item, {}, () => send('POST', `/runs/${run!.id}/cancel`), 'The run is stopped.'),
  };
  const status = item.status ?? 'inbox';
  return [
    ...(status === 'in_flight' && run !== null && !isOver(run) ? [stop] : []),
    ...(status === 'review' ? [moving(item, 'accept', 'Accept', 'done', 'Accepted.')] : []),
    ...(status !== 'ready' && status !== 'in_flight' && status !== 'review'
      ? [moving(item, 'ready', status === 'done' ? 'Reopen' : 'Make ready', 'ready', 'Ready.')]
      : []),
    ...(status !== 'in_flight' && status !== 'done' && status !== 'review'
      ? [moving(item, 'run', 'Run now', 'in_flight', 'Started.', status === 'ready' ? 'main' : undefined)]
      : []),
    ...(status === 'review' || status === 'done' ? delivering(item, run) : []),
    ...(status !== 'review' && status !== 'done' && status !== 'in_flight'
      ? [moving(item, 'done', 'Count as done', 'done', 'Counted as done.')]
      : []),
    ...(status === 'in_flight' || status === 'done'
      ? []
      : [
          {
            id: 'cancel',
            title: 'Cancel',
            says: 'Takes it out of the queue.',
            tone: 'bad' as const,
            run: () => void carryOut(item, off, 'Canceled.'),
            ...('why' in off ? { why: off.why } : {}),
          },
        ]),
  ];
}
