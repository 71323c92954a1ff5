import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { memo, useEffect, useRef, type KeyboardEvent } from 'react';
import { Link } from 'wouter';
import type { Card } from '../api/types';
import { itemPath } from '../app/routes';
import { State, Tag } from '../parts/State';
import { Ago } from '../parts/Time';
import { cleanLine, inPlainWords } from '../parts/text';
import { CardFacts, LiveLine } from './CardFacts';
import { CardMenu } from './CardMenu';
import { useControls } from './controls';
import { markSeen, useUnread } from './unread';

export interface CardState {
  card: Card;
  /** The keys act on it; it is the one stop of the tab key in its column. */
  isFocus: boolean;
  isChosen: boolean;
  hasMenu: boolean;
  isEdited: boolean;
}

const healthWords: Readonly<Record<string, string>> = { quiet: 'quiet', stalled: 'stalled', dead: 'process gone', waiting: 'waiting' };

function CardHead({ card, isFocus, isChosen, hasMenu }: CardState) {
  const controls = useControls();
  const isUnread = useUnread(card);
  return (
    <div className="card-head">
      <span className="card-no quiet nowrap">#{card.number}</span>
      {card.project && (
        <span className="clip quiet" title={card.project}>
          {card.project}
        </span>
      )}
      <span className="grow" />
      {isUnread && (
        <span className="card-unread" title="New since you last looked">
          <span className="hidden-text">New</span>
        </span>
      )}
      <span className="quiet">
        <Ago at={card.since} />
      </span>
      <input
        type="checkbox"
        className="card-box"
        checked={isChosen}
        aria-label={`Choose ${card.title}`}
        tabIndex={isFocus ? 0 : -1}
        onChange={() => controls.toggle(card.id)}
      />
      <CardMenu card={card} isOpen={hasMenu} isFocus={isFocus} />
    </div>
  );
}

function CardTitle({ card, isFocus, isEdited }: CardState) {
  const controls = useControls();
  if (!isEdited)
    return (
      <h3 className="card-title">
        <Link href={itemPath(card.id)} draggable={false} tabIndex={isFocus ? 0 : -1} onClick={() => markSeen(card)}>
          {cleanLine(card.title)}
        </Link>
      </h3>
    );
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape') controls.edit(null);
    else if (event.key === 'Enter') controls.rename(card.id, event.currentTarget.value);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <input
      className="input"
      defaultValue={card.title}
      aria-label="Title"
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={onKeyDown}
      onBlur={(event) => controls.rename(card.id, event.currentTarget.value)}
    />
  );
}

function CardStatus({ card }: { card: Card }) {
  const health = card.health !== null && card.column === 'in_flight' ? healthWords[card.health] : undefined;
  return (
    <div className="card-status">
      <State of={card.status} />
      {card.run_status && card.run_status !== 'running' && card.column === 'in_flight' && (
        <span className="quiet">run {card.run_status}</span>
      )}
      {health && <State of={card.health!} words={health} />}
      {card.needs && <Tag tone="warn">needs you: {card.needs}</Tag>}
      {card.priority !== 'medium' && (
        <Tag tone={card.priority === 'urgent' ? 'bad' : card.priority === 'high' ? 'warn' : 'plain'} title="Priority">
          {card.priority}
        </Tag>
      )}
    </div>
  );
}

/** Makes the card something that can be taken by the pointer; what is chosen comes along. */
function useDraggable(id: string, isEdited: boolean): React.RefObject<HTMLElement | null> {
  const ref = useRef<HTMLElement | null>(null);
  const controls = useControls();
  useEffect(() => {
    if (!ref.current || isEdited) return undefined;
    const element = ref.current;
    return draggable({
      element,
      getInitialData: () => ({ ids: controls.meant(id) }),
      onDragStart: () => element.classList.add('card-dragged'),
      onDrop: () => element.classList.remove('card-dragged'),
    });
  }, [id, isEdited, controls]);
  return ref;
}

/** One card. Made anew only when its row, or what is done with it here, changes. */
export const CardView = memo(function CardView(state: CardState) {
  const { card, isFocus, isChosen } = state;
  const controls = useControls();
  const ref = useDraggable(card.id, state.isEdited);
  const titleId = `card-${card.id}`;
  return (
    <article
      ref={ref}
      className={`card${isChosen ? ' card-chosen' : ''}${card.needs ? ' card-needs' : ''}`}
      data-card={card.id}
      tabIndex={isFocus ? 0 : -1}
      aria-labelledby={titleId}
      onFocus={() => controls.focus(card.id)}
      onContextMenu={(event) => {
        event.preventDefault();
        controls.focus(card.id);
        controls.menu(card.id);
      }}
      onDoubleClick={() => controls.open(card.id)}
    >
      <CardHead {...state} />
      <div id={titleId}>
        <CardTitle {...state} />
      </div>
      <CardStatus card={card} />
      {card.reasons.length > 0 && (
        <ul className="card-reasons">
          {card.reasons.slice(0, 3).map((reason) => (
            <li key={reason} className="clip" title={reason}>
              {cleanLine(inPlainWords(reason))}
            </li>
          ))}
        </ul>
      )}
      <LiveLine card={card} />
      <CardFacts card={card} />
    </article>
  );
});
