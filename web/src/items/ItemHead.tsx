import { useQuery } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { Link } from 'wouter';
import type { Item, Run } from '../api/types';
import { profilesQuery } from '../api/shared';
import { planPath, reviewPath, runPath } from '../app/routes';
import { Actions } from '../parts/Actions';
import { Id } from '../parts/Id';
import { State, Tag } from '../parts/State';
import { cleanLine } from '../parts/text';
import { actionsOf, edit, runWith, type ItemAction } from './actions';

export function EditableTitle({ item, isEdited, setEdited }: { item: Item; isEdited: boolean; setEdited: (isEdited: boolean) => void }) {
  const keep = (value: string): void => {
    setEdited(false);
    if (value.trim() !== '' && value.trim() !== item.title) void edit(item, { title: value.trim() });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') keep(event.currentTarget.value);
    else if (event.key === 'Escape') setEdited(false);
  };
  if (isEdited)
    return (
      <input
        className="input item-title-input"
        aria-label="Title"
        defaultValue={item.title}
        autoFocus
        onKeyDown={onKeyDown}
        onBlur={(event) => keep(event.currentTarget.value)}
      />
    );
  return (
    <div className="row item-title">
      <h1>{cleanLine(item.title)}</h1>
      <button type="button" className="icon-button" aria-label="Edit the title" title="Edit the title (e)" onClick={() => setEdited(true)}>
        ✎
      </button>
    </div>
  );
}

function ActionRow({ action }: { action: ItemAction }) {
  const help = `say-${action.id}`;
  return (
    <li className="item-action">
      <button
        type="button"
        className={`button ${action.tone === 'main' ? 'button-main' : action.tone === 'bad' ? 'button-bad' : ''}`}
        disabled={action.why !== undefined}
        aria-describedby={help}
        onClick={action.run}
      >
        {action.title}
      </button>
      <small id={help} className="quiet">
        {action.why ?? action.says}
      </small>
    </li>
  );
}

/** What can be done, each with what it will do. */
export function ItemActions({ item, run }: { item: Item; run: Run | null }) {
  const profiles = useQuery(profilesQuery).data?.profiles ?? [];
  const canStart = !['in_flight', 'review', 'done'].includes(item.status ?? '') && item.steps === 0;
  return (
    <section className="panel" aria-labelledby="item-actions">
      <h2 id="item-actions">What you can do</h2>
      <ul className="item-actions">
        {item.status === 'review' && (
          <li className="item-action">
            <Link className="button button-main" href={reviewPath(item.id)}>
              Review
            </Link>
            <small className="quiet">Shows what changed; accept it or send it back from there.</small>
          </li>
        )}
        {actionsOf(item, run).map((action) => (
          <ActionRow key={action.id} action={action} />
        ))}
        {canStart && (
          <li className="item-action">
            <Actions
              label="Run with another profile"
              actions={profiles.map(({ name, agent }) => ({
                title: `${name} (${agent})`,
                run: () => void runWith(item, name),
              }))}
            >
              {item.attempts > 0 ? 'Try again with' : 'Run with'} ▾
            </Actions>
            <small className="quiet">Starts a run with the profile you choose.</small>
          </li>
        )}
      </ul>
    </section>
  );
}

/** Where the item is, and the ways to what belongs to it. */
export function ItemHead({
  item,
  run,
  isEdited,
  setEdited,
}: {
  item: Item;
  run: Run | null;
  isEdited: boolean;
  setEdited: (isEdited: boolean) => void;
}) {
  return (
    <header className="stack item-head">
      <div className="row">
        <Link href="/">Board</Link>
        <span className="quiet">›</span>
        <span className="quiet">#{item.number}</span>
        <Id value={item.id} label="id of the item" />
        {item.project && <Tag>{item.project}</Tag>}
      </div>
      <EditableTitle item={item} isEdited={isEdited} setEdited={setEdited} />
      <nav className="row" aria-label="Of this item">
        <State of={item.status ?? 'inbox'} />
        {item.unchecked && (
          <Tag tone="warn" title="Nobody checked it">
            unchecked
          </Tag>
        )}
        {run && <Link href={runPath(run.id)}>{run.ended_at ? 'Last run' : 'Run'}</Link>}
        {(item.status === 'review' || item.status === 'done') && <Link href={reviewPath(item.id)}>Review</Link>}
        <Link href={`/app/items/${item.id}/timeline`}>Timeline</Link>
        {item.plan && <Link href={planPath(item.plan)}>Plan{item.phase ? `, phase ${item.phase}` : ''}</Link>}
        {item.parent && <Link href={`/app/items/${item.parent}`}>Its parent</Link>}
        {item.issue && /^https?:\/\//.test(item.issue) && (
          <a href={item.issue} rel="noopener noreferrer" target="_blank">
            Issue on {new URL(item.issue).host}
          </a>
        )}
      </nav>
    </header>
  );
}
