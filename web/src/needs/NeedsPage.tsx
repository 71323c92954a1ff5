import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Need, NeedList } from '../api/types';
import { useCommands, type Command } from '../app/commands';
import { counted } from '../parts/numbers';
import { Empty, Reading } from '../parts/Reading';
import { useUrlState } from '../parts/urlState';
import { answer, choose as chooseOption, retry } from './answer';
import type { Writing } from './NeedActions';
import { NeedEntry } from './NeedEntry';
import { needsQuery } from './queries';
import { byUrgency, equalTo, kinds, placeOf } from './words';
import './needs.css';

const elementOf = (id: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-need="${CSS.escape(id)}"]`);

/** Which entry the keys act on. When it is dealt with, the one that follows gets them. */
function useCurrent(needs: readonly Need[]) {
  const [chosen, choose] = useState<string | null>(null);
  const at = useRef(0);
  const found = needs.findIndex((need) => need.id === chosen);
  if (found >= 0) at.current = found;
  const index = found >= 0 ? found : Math.min(at.current, needs.length - 1);
  const current = needs[index] ?? null;
  const go = useCallback(
    (step: number) => {
      const next = needs[Math.max(0, Math.min(needs.length - 1, index + step))];
      if (!next) return;
      choose(next.id);
      elementOf(next.id)?.focus();
      elementOf(next.id)?.scrollIntoView({ block: 'nearest' });
    },
    [needs, index],
  );
  // What was answered is gone, and the focus with it: the next entry gets both.
  useEffect(() => {
    if (found < 0 && chosen !== null && current !== null && document.activeElement === document.body) elementOf(current.id)?.focus();
  }, [found, chosen, current]);
  return { current, choose, go };
}

/** The first answer by a key, where the kind has one. */
function yes(need: Need): void {
  if (need.kind === 'approval') void answer([need], { decision: 'approve', scope: 'once' });
  else if (need.kind === 'failed' && need.options.length === 0) void retry(need);
}

function option(need: Need | null, number: number): void {
  const chosen = need?.options[number - 1];
  if (need && chosen !== undefined && need.kind !== 'approval') void chooseOption(need, chosen);
}

function useNeedKeys(current: Need | null, go: (step: number) => void, write: (id: string, writing: Writing) => void): void {
  const [, open] = useLocation();
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: 'needs.down', title: 'Next', group: 'Needs you', keys: 'j', also: ['arrowdown'], run: () => go(1) },
        { id: 'needs.up', title: 'Previous', group: 'Needs you', keys: 'k', also: ['arrowup'], run: () => go(-1) },
        { id: 'needs.yes', title: 'Approve, or try again', group: 'Needs you', keys: 'a', run: () => current && yes(current) },
        {
          id: 'needs.no',
          title: 'Deny, with a reason',
          group: 'Needs you',
          keys: 'd',
          run: () => current?.kind === 'approval' && write(current.id, 'deny'),
        },
        {
          id: 'needs.write',
          title: 'Answer in words',
          group: 'Needs you',
          keys: 'w',
          run: () => current && write(current.id, current.kind === 'question' ? 'answer' : 'ask'),
        },
        {
          id: 'needs.option',
          title: 'Choose the first option (2 the second …)',
          group: 'Needs you',
          keys: '1',
          run: () => option(current, 1),
        },
        { id: 'needs.open', title: 'Open', group: 'Needs you', keys: 'enter', run: () => current && open(placeOf(current)) },
      ],
      [current, go, write, open],
    ),
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const inField =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null;
      if (!inField && /^[2-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) option(current, Number(event.key));
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [current]);
}

function Entries({ needs }: { needs: readonly Need[] }) {
  const { current, choose, go } = useCurrent(needs);
  const [writing, setWriting] = useState<{ id: string; what: Writing }>({ id: '', what: null });
  const write = useCallback(
    (id: string, what: Writing) => {
      choose(id);
      setWriting({ id, what });
      if (what === null) elementOf(id)?.focus();
    },
    [choose],
  );
  useNeedKeys(current, go, write);
  return (
    <ol className="need-list" aria-label="What waits for you">
      {needs.map((need) => (
        <li key={need.id}>
          <NeedEntry
            need={need}
            equal={equalTo(need, needs)}
            isCurrent={need.id === current?.id}
            writing={writing.id === need.id ? writing.what : null}
            setWriting={write}
            onFocus={choose}
          />
        </li>
      ))}
    </ol>
  );
}

function Kinds({ needs, kind, setKind }: { needs: readonly Need[]; kind: string; setKind: (kind: string) => void }) {
  const found = Object.keys(kinds).filter((name) => needs.some((need) => need.kind === name));
  if (found.length < 2) return null;
  return (
    <div className="row" role="group" aria-label="Kinds">
      {['', ...found].map((name) => (
        <button key={name} type="button" className="button button-small" aria-pressed={kind === name} onClick={() => setKind(name)}>
          {name === '' ? 'All' : kinds[name]!.title}{' '}
          <span className="quiet">{name === '' ? needs.length : needs.filter((need) => need.kind === name).length}</span>
        </button>
      ))}
    </div>
  );
}

function View({ list }: { list: NeedList }) {
  const [kind, setKind] = useUrlState('kind', '');
  const all = useMemo(() => byUrgency(list.needs), [list]);
  const shown = useMemo(() => (kind === '' ? all : all.filter((need) => need.kind === kind)), [all, kind]);
  return (
    <div className="stack needs">
      <div className="row">
        <h1>Needs you</h1>
        <span className="quiet" role="status">
          {counted(all.length, 'thing waits', 'things wait')}
        </span>
      </div>
      <Kinds needs={all} kind={kind} setKind={setKind} />
      {shown.length === 0 ? (
        <Empty>Nothing waits for you. Approvals, questions, reviews and troubles appear here.</Empty>
      ) : (
        <Entries needs={shown} />
      )}
    </div>
  );
}

export default function NeedsPage() {
  return <Reading of={useQuery(needsQuery)}>{(list) => <View list={list} />}</Reading>;
}
