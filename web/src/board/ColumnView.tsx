import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useQuery } from '@tanstack/react-query';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState, type ReactNode } from 'react';
import { tellProblem } from '../app/toasts';
import { counted } from '../parts/numbers';
import { saysOf } from './acting';
import { CardView } from './CardView';
import type { Column } from './columns';
import { useControls } from './controls';
import { olderQuery, readOlder, type Cards } from './queries';
import { QuickAdd } from './QuickAdd';

export interface ColumnProps {
  id: Column;
  title: string;
  /** What an empty column says. */
  empty: string;
  ids: readonly string[];
  cards: Cards;
  focus: string | null;
  chosen: ReadonlySet<string>;
  menu: string | null;
  edited: string | null;
  /** Cards that wait to come, go or change places. */
  waiting: number;
  /** Most runs at once; null where there is no such limit. */
  limit: number | null;
  hold: (column: Column, isOver: boolean) => void;
}

/** What a drop here will do, while something is dragged over the column. */
function useDrop(id: Column): { ref: React.RefObject<HTMLElement | null>; over: { text: string; can: boolean } | null } {
  const ref = useRef<HTMLElement | null>(null);
  const [over, setOver] = useState<{ text: string; can: boolean } | null>(null);
  const controls = useControls();
  useEffect(() => {
    if (!ref.current) return undefined;
    const idsOf = (data: Record<string, unknown>): string[] => data['ids'] as string[];
    return dropTargetForElements({
      element: ref.current,
      canDrop: ({ source }) => Array.isArray(source.data['ids']),
      getData: () => ({ column: id }),
      onDragEnter: ({ source }) => setOver(saysOf(idsOf(source.data), id)),
      onDragLeave: () => setOver(null),
      onDrop: ({ source }) => {
        setOver(null);
        controls.drop(idsOf(source.data), id);
      },
    });
  }, [id, controls]);
  return { ref, over };
}

/** Keeps the card of the focus made even when it is scrolled out: the keys go on from it. */
function useRows({ ids, focus }: Pick<ColumnProps, 'ids' | 'focus'>) {
  const scroll = useRef<HTMLDivElement | null>(null);
  const at = focus === null ? -1 : ids.indexOf(focus);
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 112,
    overscan: 5,
    gap: 6,
    getItemKey: (index) => ids[index]!,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return at < 0 || shown.includes(at) ? shown : [...shown, at].sort((a, b) => a - b);
    },
  });
  useEffect(() => {
    if (at >= 0 && scroll.current?.closest('.board')?.contains(document.activeElement)) rows.scrollToIndex(at, { align: 'auto' });
    // Only when the focus goes to another card: what comes and goes above it does not scroll.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [focus]);
  return { scroll, rows };
}

function CardList(props: ColumnProps) {
  const { scroll, rows } = useRows(props);
  const first = props.focus !== null && props.ids.includes(props.focus) ? props.focus : props.ids[0];
  return (
    <div ref={scroll} className="column-scroll" tabIndex={-1}>
      <ol
        className="column-cards"
        style={{ height: rows.getTotalSize() }}
        aria-label={`${props.title}, ${counted(props.ids.length, 'card')}`}
      >
        {rows.getVirtualItems().map((row) => {
          const card = props.cards.get(props.ids[row.index]!);
          return (
            card && (
              <li
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                className="column-card"
                style={{ transform: `translateY(${row.start}px)` }}
                aria-setsize={props.ids.length}
                aria-posinset={row.index + 1}
              >
                <CardView
                  card={card}
                  isFocus={card.id === first}
                  isChosen={props.chosen.has(card.id)}
                  hasMenu={props.menu === card.id}
                  isEdited={props.edited === card.id}
                />
              </li>
            )
          );
        })}
      </ol>
      {props.id === 'done' && <Older />}
      {props.ids.length === 0 && <p className="column-empty quiet">{props.empty}</p>}
    </div>
  );
}

/** What ended earlier is read when somebody wants to see it. */
function Older() {
  const cursor = useQuery(olderQuery).data;
  if (!cursor) return null;
  return (
    <p className="column-older">
      <button type="button" className="button button-small" onClick={() => void readOlder().catch(tellProblem)}>
        Older ones
      </button>
    </p>
  );
}

const atWork = new Set(['starting', 'running', 'waiting', 'stopping']);

function Count({ ids, cards, limit }: ColumnProps) {
  if (limit === null) return <span className="quiet">{ids.length}</span>;
  const runs = ids.filter((id) => atWork.has(cards.get(id)?.run_status ?? '')).length;
  return (
    <span className="quiet nowrap" title={`${counted(ids.length, 'card')}; ${runs} at work, at most ${limit} runs at once`}>
      {ids.length} · {runs}/{limit} runs
    </span>
  );
}

function ColumnHead(props: ColumnProps) {
  const { id, title, waiting } = props;
  const controls = useControls();
  return (
    <header className="column-head">
      <h2>{title}</h2>
      <Count {...props} />
      <span className="grow" />
      {waiting > 0 && (
        <button type="button" className="button button-small column-chip" onClick={controls.showChanges}>
          {counted(waiting, 'change')}
        </button>
      )}
      {id === 'inbox' && (
        <button type="button" className="icon-button" aria-label="New item" title="New item (c)" onClick={() => controls.newItem(id)}>
          +
        </button>
      )}
    </header>
  );
}

/** One column: its head, a line to add something by, and its cards, of which only those in sight are made. */
export const ColumnView = memo(function ColumnView(props: ColumnProps): ReactNode {
  const { id, title, hold } = props;
  const { ref, over } = useDrop(id);
  return (
    <section
      ref={ref}
      className={`column${over ? (over.can ? ' column-over' : ' column-closed') : ''}`}
      aria-label={title}
      data-column={id}
      onPointerEnter={(event) => {
        if (event.pointerType !== 'touch') hold(id, true);
      }}
      onPointerLeave={() => hold(id, false)}
    >
      <ColumnHead {...props} />
      {over && (
        <p className="column-says" role="status">
          {over.text}
        </p>
      )}
      {(id === 'inbox' || id === 'ready') && <QuickAdd column={id} />}
      <CardList {...props} />
    </section>
  );
});
