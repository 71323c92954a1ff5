import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { Need } from '../api/types';
import { itemPath } from '../app/routes';
import { needsQuery } from '../needs/queries';
import { Reading } from '../parts/Reading';
import { editCards, moveCards } from './acting';
import { BulkBar } from './BulkBar';
import { columns, columnOf, type Column } from './columns';
import { ColumnView } from './ColumnView';
import { BoardContext, type Controls } from './controls';
import { FilterBar } from './FilterBar';
import { filterOf, searchOf, type Filter } from './filters';
import { followCards } from './live';
import { NeedsLane } from './NeedsLane';
import { PhoneLanes } from './PhoneLanes';
import { cardsNow, cardsQuery, statusQuery, type Cards } from './queries';
import { meant, nothingChosen, toggle } from './selection';
import { useBoardKeys } from './useBoardKeys';
import { useLayout } from './useLayout';
import { elementOfCard, useSelection } from './useSelection';
import { markSeen } from './unread';
import './board.css';
import '../needs/needs.css';

followCards();

const DenySheet = lazy(() => import('./DenySheet'));
const NewItemSheet = lazy(async () => ({ default: (await import('./NewItem')).NewItemSheet }));
const FirstSteps = lazy(async () => ({ default: (await import('../start/FirstSteps')).FirstSteps }));

/** The filter that the address has; setting it changes the address without a step in the history. */
function useFilter(): [Filter, (filter: Filter) => void] {
  const search = useSearch();
  const filter = useMemo(() => filterOf(search), [search]);
  const set = useCallback((next: Filter) => {
    const text = searchOf(next, window.location.search);
    history.replaceState(history.state, '', text === '' ? '/' : `/?${text}`);
  }, []);
  return [filter, set];
}

function useDragFreeze(freeze: (isFrozen: boolean) => void): void {
  useEffect(() => monitorForElements({ onDragStart: () => freeze(true), onDrop: () => freeze(false) }), [freeze]);
}

function Board({ cards }: { cards: Cards }) {
  const [filter, setFilter] = useFilter();
  const layout = useLayout(cards, filter);
  const board = useRef<HTMLDivElement | null>(null);
  const { selection, setSelection } = useSelection(layout.layout, board);
  const [menu, setMenu] = useState<string | null>(null);
  const [edited, setEdited] = useState<string | null>(null);
  const [fresh, setFresh] = useState<Column | null>(null);
  const [denied, setDenied] = useState<Need | null>(null);
  const controls = useBoardControls({ layout, selection, setSelection, setMenu, setEdited, setFresh });
  useDragFreeze(layout.freeze);
  const { freeze } = layout;
  useEffect(() => freeze(menu !== null || edited !== null), [menu, edited, freeze]);
  const needs = useQuery(needsQuery).data?.needs;
  const need = needs?.find((one) => one.item_id !== null && one.item_id === selection.focus && one.kind === 'approval') ?? null;
  useBoardKeys({ layout: layout.layout, selection, setSelection, controls, need, deny: setDenied });
  const limit = useQuery(statusQuery).data?.max_concurrency ?? null;
  const all = useMemo(() => [...cards.values()], [cards]);
  const shown = columns.reduce((sum, { id }) => sum + layout.layout[id].length, 0);
  return (
    <BoardContext value={controls}>
      <div className="board" ref={board}>
        <h1 className="hidden-text">Board</h1>
        <NeedsLane />
        <FilterBar filter={filter} setFilter={setFilter} cards={all} shown={shown} filterFrom={filterOf} />
        <PhoneLanes layout={layout.layout} />
        <div className="board-columns">
          {columns.map((column) => (
            <ColumnView
              key={column.id}
              {...column}
              ids={layout.layout[column.id]}
              cards={cards}
              chosen={selection.chosen}
              menu={menu}
              edited={edited}
              focus={selection.focus !== null && layout.layout[column.id].includes(selection.focus) ? selection.focus : null}
              waiting={layout.waiting[column.id]}
              limit={column.id === 'in_flight' ? limit : null}
              hold={layout.hold}
            />
          ))}
        </div>
        <BulkBar chosen={selection.chosen} onClear={() => setSelection({ ...nothingChosen, focus: selection.focus })} />
        <Suspense>{fresh !== null && <NewItemSheet column={fresh} onClose={() => setFresh(null)} project={filter.project} />}</Suspense>
        <Suspense>{denied !== null && <DenySheet need={denied} onClose={() => setDenied(null)} />}</Suspense>
      </div>
    </BoardContext>
  );
}

interface Wiring {
  layout: ReturnType<typeof useLayout>;
  selection: ReturnType<typeof useSelection>['selection'];
  setSelection: ReturnType<typeof useSelection>['setSelection'];
  setMenu: (id: string | null) => void;
  setEdited: (id: string | null) => void;
  setFresh: (column: Column | null) => void;
}

/** The board's controls: the same object always, so that a card is not made anew when another one is chosen. */
function useBoardControls(wiring: Wiring): Controls {
  const [, open] = useLocation();
  const now = useRef({ ...wiring, open });
  now.current = { ...wiring, open };
  return useMemo<Controls>(() => {
    const back = (id: string): void => void requestAnimationFrame(() => elementOfCard(id)?.focus({ preventScroll: true }));
    const controls: Controls = {
      open: (id) => {
        const card = cardsNow()?.get(id);
        if (card) markSeen(card);
        now.current.open(itemPath(id));
      },
      focus: (id) => {
        if (now.current.selection.focus !== id) now.current.setSelection((before) => ({ ...before, focus: id }));
      },
      go: (id) => {
        controls.focus(id);
        const column = columnOf(now.current.layout.layout, id);
        requestAnimationFrame(() => {
          elementOfCard(id)?.focus({ preventScroll: true });
          document.querySelector(`[data-column="${column}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        });
      },
      toggle: (id) => now.current.setSelection((before) => toggle(before, id)),
      menu: (id) => now.current.setMenu(id),
      edit: (id) => now.current.setEdited(id),
      rename: (id, title) => {
        const card = cardsNow()?.get(id);
        now.current.setEdited(null);
        back(id);
        if (card && title.trim() !== '' && title.trim() !== card.title) void editCards([id], { title: title.trim() });
      },
      drop: (ids, column) => void moveCards(ids, column),
      meant: (id) => meant(now.current.selection, id),
      newItem: (column) => now.current.setFresh(column),
      showChanges: () => now.current.layout.showChanges(),
    };
    return controls;
  }, []);
}

export default function BoardPage() {
  const read = useQuery(cardsQuery);
  return (
    <Reading of={read}>
      {(cards) =>
        cards.size === 0 ? (
          <Suspense>
            <FirstSteps isBoard />
          </Suspense>
        ) : (
          <Board cards={cards} />
        )
      }
    </Reading>
  );
}
