import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { wordsOf } from '../api/http';
import type { Run } from '../api/types';
import { useCommands } from '../app/commands';
import { counted } from '../parts/numbers';
import { Empty } from '../parts/Reading';
import type { Entry } from './conversation';
import { EntryView } from './EntryView';
import { isOpen } from './filters';
import type { RunHistory } from './history';
import { MessageBox } from './MessageBox';
import { useConversation, useHistory } from './useHistory';
import './conversation.css';

/** What is said and done in a run, told as a conversation, and a box to take part in it. */
export function ConversationTab({ run }: { run: Run }) {
  const { history, source } = useHistory(run.id);
  const { entries } = useConversation(history);
  return (
    <div className="talk">
      <h2 className="hidden-text">Conversation</h2>
      {history.error !== null && (
        <div role="alert" className="note state-bad">
          <p>
            {wordsOf(history.error)}{' '}
            <button type="button" className="button button-small" onClick={source.retry}>
              Try again
            </button>
          </p>
        </div>
      )}
      {entries.length === 0 ? (
        <div className="grow">
          {history.isLoading ? (
            <p className="quiet" role="status">
              Loading …
            </p>
          ) : (
            <Empty>Nothing was said yet.{isOpen(run.status) ? ' It appears here as it happens.' : ''}</Empty>
          )}
        </div>
      ) : (
        <Entries entries={entries} run={run} source={source} hasEarlier={history.hasEarlier} isLoading={history.isLoading} />
      )}
      <MessageBox run={run} />
    </div>
  );
}

interface EntriesOf {
  entries: readonly Entry[];
  run: Run;
  source: RunHistory;
  hasEarlier: boolean;
  isLoading: boolean;
}

/** Only what is in sight is there. Follows the end until somebody scrolls away. */
function Entries({ entries, run, source, hasEarlier, isLoading }: EntriesOf) {
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [seen, setSeen] = useState(0);
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => 72,
    overscan: 8,
    getItemKey: (at) => entries[at]!.key,
  });
  const total = virtual.getTotalSize();
  useLayoutEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [following, total, entries]);
  useKeptPlace(box, entries[0]?.key, total, following);
  const lastTop = useRef(0);
  const onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = box.current!;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 40;
    // What grows below moves the end away, too: only going up is leaving it.
    const isUp = scrollTop < lastTop.current - 1;
    lastTop.current = scrollTop;
    if (isAtEnd !== following && (!following || isUp)) {
      setFollowing(isAtEnd);
      setSeen(entries.length);
    }
    if (scrollTop < 200 && hasEarlier && !isLoading && !isAtEnd) void source.loadEarlier();
  };
  useCommands(
    useMemo(
      () => [{ id: 'run.end', title: 'To the end of the conversation', group: 'Run', keys: 'shift+g', run: () => setFollowing(true) }],
      [],
    ),
  );
  const rows = virtual.getVirtualItems();
  const more = entries.length - seen;
  return (
    <div className="talk-frame">
      <div ref={box} className="talk-box" role="region" aria-label="Conversation" tabIndex={0} onScroll={onScroll}>
        {hasEarlier && (
          <p className="talk-earlier">
            <button type="button" className="button button-small" disabled={isLoading} onClick={() => void source.loadEarlier()}>
              {isLoading ? 'Loading …' : 'Show what was before'}
            </button>
          </p>
        )}
        <div style={{ height: total, position: 'relative' }}>
          <div className="talk-part" style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
            {rows.map((row) => (
              <div key={row.key} ref={virtual.measureElement} data-index={row.index} className="talk-row">
                <EntryView entry={entries[row.index]!} run={run} />
              </div>
            ))}
          </div>
        </div>
      </div>
      {!following && (
        <button type="button" className="button log-more" onClick={() => setFollowing(true)}>
          {more > 0 ? `${counted(more, 'new entry', 'new entries')} ↓` : 'To the end ↓'}
        </button>
      )}
    </div>
  );
}

/** When earlier entries come before the others, what was in sight stays where it is. */
function useKeptPlace(box: React.RefObject<HTMLDivElement | null>, first: string | undefined, total: number, following: boolean): void {
  const before = useRef({ first, total });
  useLayoutEffect(() => {
    const was = before.current;
    before.current = { first, total };
    if (!following && was.first !== undefined && was.first !== first && box.current) box.current.scrollTop += total - was.total;
  }, [first, total, following, box]);
}
