import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import type { Item, Run } from '../api/types';
import { itemQuery } from '../api/shared';
import { useCommands, type Command } from '../app/commands';
import { reviewPath, runPath } from '../app/routes';
import { moveOf, movableOf } from '../board/moves';
import { markSeen } from '../board/unread';
import { Reading } from '../parts/Reading';
import { clean, inPlainWords } from '../parts/text';
import { actionsOf } from './actions';
import { Attempts } from './Attempts';
import { FollowUp } from './FollowUp';
import { History } from './History';
import { ItemActions, ItemHead } from './ItemHead';
import { Connections, Facts, Files, Why } from './ItemSide';
import { Criteria, Description } from './ItemText';
import { attemptsQuery, checksQuery, historyQuery, whyQuery } from './queries';
import './items.css';

function useItemKeys(item: Item, run: Run | null, setEdited: (isEdited: boolean) => void): void {
  const [, go] = useLocation();
  useCommands(
    useMemo<Command[]>(() => {
      const group = 'Item';
      const move = moveOf(movableOf(item), 'ready');
      return [
        { id: 'item.back', title: 'Back to the board', group, keys: 'escape', run: () => go('/') },
        { id: 'item.edit', title: 'Edit the title', group, keys: 'e', run: () => setEdited(true) },
        ...(run ? [{ id: 'item.run', title: 'Open its run', group, keys: 'o', run: () => go(runPath(run.id)) }] : []),
        { id: 'item.review', title: 'Review', group, keys: 'v', run: () => go(reviewPath(item.id)) },
        ...actionsOf(item, run)
          .filter((action) => action.why === undefined)
          .map((action): Command => ({
            id: `item.${action.id}`,
            title: action.title,
            group,
            run: action.run,
            ...(action.id === 'ready' && !('why' in move) ? { keys: 'r' } : {}),
          })),
      ];
    }, [item, run, setEdited, go]),
  );
}

/** Paths of the files the last run changed, as its row has them. */
const changedBy = (run: Run | null): string[] => {
  const files = run?.files_changed as unknown;
  if (!Array.isArray(files)) return [];
  return files
    .map((file: unknown) => (typeof file === 'string' ? file : ((file as { path?: string } | null)?.path ?? '')))
    .filter((path) => path !== '')
    .map(clean);
};

function View({ item }: { item: Item }) {
  const runs = useQuery(attemptsQuery(item.id)).data ?? [];
  const checks = useQuery(checksQuery(item.id)).data ?? [];
  const history = useQuery(historyQuery(item.id)).data ?? [];
  const why = useQuery(whyQuery(item.id)).data;
  const [isEdited, setEdited] = useState(false);
  // A cause that only names commands says nothing where there are buttons.
  const causes = item.causes.map((cause) => clean(inPlainWords(cause.text))).filter((words) => words !== '');
  const run = runs.find((one) => one.id === item.run_id) ?? runs[0] ?? null;
  useItemKeys(item, run, setEdited);
  useEffect(() => markSeen({ id: item.id, since: item.updated_at }), [item.id, item.updated_at]);
  return (
    <article className="item">
      <ItemHead item={item} run={run} isEdited={isEdited} setEdited={setEdited} />
      <div className="item-main stack">
        {causes.length > 0 && (
          <section className={`note state-${item.status === 'review' ? 'warn' : 'bad'}`} aria-label="Held back">
            <ul className="item-list">
              {causes.map((words) => (
                <li key={words}>{words}</li>
              ))}
            </ul>
          </section>
        )}
        <Description item={item} />
        <Criteria item={item} checks={checks} />
        <Attempts runs={runs} />
        {run && <FollowUp run={run} />}
        <History events={history} />
      </div>
      <aside className="item-side stack" aria-label="About this item">
        <ItemActions item={item} run={run} />
        <Facts item={item} />
        <Why why={why} shown={item.causes.map((cause) => cause.text)} />
        <Connections item={item} />
        <Files item={item} changed={changedBy(run)} />
        {item.report && (
          <section className="panel stack">
            <h2>Report</h2>
            <p className="item-message">{clean(item.report)}</p>
          </section>
        )}
      </aside>
    </article>
  );
}

export default function ItemPage() {
  const { id } = useParams<{ id: string }>();
  return <Reading of={useQuery(itemQuery(id))}>{(item) => <View key={item.id} item={item} />}</Reading>;
}
