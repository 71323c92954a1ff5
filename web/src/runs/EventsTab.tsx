import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { wordsOf } from '../api/http';
import type { StoreEvent } from '../api/types';
import { copy } from '../parts/copy';
import { counted } from '../parts/numbers';
import { Empty } from '../parts/Reading';
import { clean, cleanLine, cut } from '../parts/text';
import { useUrlState } from '../parts/urlState';
import { useHistory } from './useHistory';
import './events.css';

/** Families and types one may choose; the agent's own events come only when they are asked for. */
const choices = [
  ['', 'all types'],
  ['run.*', 'run.*'],
  ['request.*', 'request.*'],
  ['message.*', 'message.*'],
  ['check.*,review.*,delivery.*', 'check, review, delivery'],
  ['run.tool_call,run.tool_result', 'tool calls'],
  ['run.output', 'run.output'],
  ['run.usage', 'run.usage'],
  ['workspace.*', 'workspace.*'],
  ['session.*', 'session.*'],
  ['backend.event', 'the agent’s own (backend.event)'],
] as const;

/** Every event of the run as it is stored. */
export default function EventsTab({ runId }: { runId: string }) {
  const [types, setTypes] = useUrlState('types', '');
  const { history, source } = useHistory(runId, types);
  const known = choices.some(([value]) => value === types);
  return (
    <div className="events">
      <div className="row">
        <label className="row">
          <span className="quiet">Types</span>
          <select className="input events-types" value={types} onChange={(event) => setTypes(event.target.value)}>
            {choices.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
            {!known && <option value={types}>{types}</option>}
          </select>
        </label>
        <span className="quiet" role="status">
          {counted(history.events.length, 'event')}
          {history.hasEarlier ? ', earlier ones below' : ''}
        </span>
        <span className="grow" />
        <button type="button" className="button button-small" onClick={() => copyAll(history.events)}>
          Copy as JSON lines
        </button>
      </div>
      {history.error !== null && (
        <p role="alert" className="note state-bad">
          {wordsOf(history.error)}{' '}
          <button type="button" className="button button-small" onClick={source.retry}>
            Try again
          </button>
        </p>
      )}
      {history.events.length === 0 ? (
        history.isLoading ? (
          <p className="quiet" role="status">
            Loading …
          </p>
        ) : (
          <Empty>There is no event of these types.</Empty>
        )
      ) : (
        <EventRows
          key={types}
          events={history.events}
          hasEarlier={history.hasEarlier}
          isLoading={history.isLoading}
          load={() => void source.loadEarlier()}
        />
      )}
    </div>
  );
}

const copyAll = (events: readonly StoreEvent[]): void =>
  copy(events.map((event) => JSON.stringify(event)).join('\n'), `Copied ${counted(events.length, 'event')}`);

/** Newest first: what just happened is in sight. What one reads does not move when others come. */
function EventRows({
  events,
  hasEarlier,
  isLoading,
  load,
}: {
  events: readonly StoreEvent[];
  hasEarlier: boolean;
  isLoading: boolean;
  load: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => events.toReversed(), [events]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 28,
    overscan: 12,
    getItemKey: (at) => rows[at]!.cursor,
  });
  const before = useRef({ newest: rows[0]?.cursor, total: virtual.getTotalSize() });
  const total = virtual.getTotalSize();
  useLayoutEffect(() => {
    const was = before.current;
    before.current = { newest: rows[0]?.cursor, total };
    if (was.newest !== rows[0]?.cursor && box.current && box.current.scrollTop > 4) box.current.scrollTop += total - was.total;
  }, [rows, total]);
  const shown = virtual.getVirtualItems();
  return (
    <div ref={box} className="events-box" tabIndex={0} role="region" aria-label="Events, newest first">
      <div style={{ height: total, position: 'relative' }}>
        <div className="talk-part" style={{ transform: `translateY(${shown[0]?.start ?? 0}px)` }}>
          {shown.map((row) => {
            const event = rows[row.index]!;
            return (
              <details
                key={row.key}
                ref={virtual.measureElement}
                data-index={row.index}
                className="events-row"
                open={open.has(event.cursor)}
                onToggle={(toggled) => setOpen(withOne(open, event.cursor, toggled.currentTarget.open))}
              >
                <summary>
                  <span className="events-cursor">{event.cursor}</span>
                  <time className="talk-time" dateTime={event.created_at}>
                    {new Date(event.created_at).toLocaleTimeString([], { hour12: false, fractionalSecondDigits: 3 })}
                  </time>
                  <strong>{event.event_type}</strong>
                  <span className="clip quiet">{cleanLine(cut(JSON.stringify(event.data), 200))}</span>
                </summary>
                {open.has(event.cursor) && <EventJson event={event} />}
              </details>
            );
          })}
        </div>
      </div>
      {hasEarlier && (
        <p className="talk-earlier">
          <button type="button" className="button button-small" disabled={isLoading} onClick={load}>
            {isLoading ? 'Loading …' : 'Show earlier events'}
          </button>
        </p>
      )}
    </div>
  );
}

function withOne(set: ReadonlySet<string>, one: string, isIn: boolean): ReadonlySet<string> {
  if (set.has(one) === isIn) return set;
  const next = new Set(set);
  if (isIn) next.add(one);
  else next.delete(one);
  return next;
}

function EventJson({ event }: { event: StoreEvent }) {
  const text = JSON.stringify(event, null, 2);
  return (
    <div className="events-json">
      <button type="button" className="button button-small" onClick={() => copy(text, 'Copied the event.')}>
        Copy
      </button>
      <pre className="talk-block" tabIndex={0} role="region" aria-label={`Event ${event.cursor}`}>
        {clean(cut(text, 200_000))}
      </pre>
    </div>
  );
}
