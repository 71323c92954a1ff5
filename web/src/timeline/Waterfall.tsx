import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { useCommands } from '../app/commands';
import { runPath } from '../app/routes';
import { Toggle } from '../parts/Log';
import { counted } from '../parts/numbers';
import { cleanLine } from '../parts/text';
import { lengthOf } from '../parts/Time';
import { barOf, extent, panned, rowsOf, shares, ticksOf, tookWords, union, zoomed, type Row, type Span, type Window } from './layout';
import { SpanTable } from './SpanTable';
import './timeline.css';

const rowHeight = 26;
/** Lines made above and below what is in sight. */
const around = 10;
/** Of longer timelines what runs did is folded at first. */
const foldedFrom = 150;

const signs: Record<string, string> = {
  status: '◇',
  queue: '◌',
  run: '▶',
  wait: '‖',
  request: '?',
  tool: '$',
  check: '✓',
  review: '◎',
  delivery: '⇥',
};

/** Spans over time: who worked, who waited, when a person had the turn. */
export function Waterfall({ spans, now, isCut }: { spans: readonly Span[]; now: number; isCut: boolean }) {
  const whole = useMemo(() => extent(spans, now), [spans, now]);
  const [chosen, setChosen] = useState<Window | null>(null);
  const window = chosen ?? whole;
  const [folded, setFolded] = useState<ReadonlySet<string>>(
    () => new Set(spans.length > foldedFrom ? spans.filter((span) => span.kind === 'run').map((span) => span.id) : []),
  );
  const [asTable, setTable] = useState(false);
  const rows = useMemo(() => rowsOf(spans, folded), [spans, folded]);
  const zoom = (factor: number, at?: number): void => setChosen((before) => zoomed(before ?? whole, whole, factor, at));
  const pan = (part: number): void => setChosen((before) => panned(before ?? whole, whole, part));
  useCommands(
    useMemo(
      () => [
        {
          id: 'timeline.nearer',
          title: 'Nearer',
          group: 'Timeline',
          keys: '+',
          run: () => setChosen((before) => zoomed(before ?? whole, whole, 0.5)),
        },
        {
          id: 'timeline.farther',
          title: 'Farther',
          group: 'Timeline',
          keys: '-',
          run: () => setChosen((before) => zoomed(before ?? whole, whole, 2)),
        },
        { id: 'timeline.all', title: 'All of it', group: 'Timeline', keys: '0', run: () => setChosen(null) },
        { id: 'timeline.table', title: 'As a table, or drawn', group: 'Timeline', keys: 't', run: () => setTable((on) => !on) },
      ],
      [whole],
    ),
  );
  return (
    <div className="waterfall">
      <div className="row">
        <Shares spans={spans} now={now} />
        <span className="grow" />
        <Toggle on={asTable} set={setTable}>
          Table
        </Toggle>
        <button type="button" className="button button-small" aria-label="Nearer" onClick={() => zoom(0.5)}>
          +
        </button>
        <button type="button" className="button button-small" aria-label="Farther" onClick={() => zoom(2)}>
          −
        </button>
        <button type="button" className="button button-small" onClick={() => setChosen(null)}>
          All
        </button>
      </div>
      {isCut && <p className="quiet">There is more than can be shown here: the first 300 runs and 5,000 steps.</p>}
      {asTable ? (
        <SpanTable rows={rowsOf(spans, new Set())} now={now} />
      ) : (
        <Drawing
          rows={rows}
          spans={spans}
          window={window}
          origin={whole.from}
          now={now}
          folded={folded}
          setFolded={setFolded}
          zoom={zoom}
          pan={pan}
        />
      )}
    </div>
  );
}

function Shares({ spans, now }: { spans: readonly Span[]; now: number }) {
  const { worked, human, waited } = useMemo(() => shares(spans, now), [spans, now]);
  return (
    <p className="waterfall-shares">
      <span>
        <i className="key-work" aria-hidden="true" /> worked {lengthOf(worked)}
      </span>
      <span>
        <i className="key-human" aria-hidden="true" /> waited for people {lengthOf(human)}
      </span>
      <span>
        <i className="key-wait" aria-hidden="true" /> waited otherwise {lengthOf(waited)}
      </span>
    </p>
  );
}

interface DrawingOf {
  rows: readonly Row[];
  spans: readonly Span[];
  window: Window;
  origin: number;
  now: number;
  folded: ReadonlySet<string>;
  setFolded: (folded: ReadonlySet<string>) => void;
  zoom: (factor: number, at?: number) => void;
  pan: (part: number) => void;
}

function Drawing(of: DrawingOf) {
  const box = useRef<HTMLDivElement>(null);
  const view = useView(box);
  const [, go] = useLocation();
  const [at, setAt] = useState(0);
  const names = view.width < 640 ? Math.round(view.width * 0.42) : 320;
  const width = Math.max(60, view.width - names - 2);
  const from = Math.max(0, Math.floor(view.top / rowHeight) - around);
  const to = Math.min(of.rows.length, Math.ceil((view.top + view.height) / rowHeight) + around);
  const fold = (id: string, isFolded: boolean): void => {
    const next = new Set(of.folded);
    if (isFolded) next.add(id);
    else next.delete(id);
    of.setFolded(next);
  };
  const onKeyDown = useRowKeys(of, box, at, setAt, fold);
  const bands = useBands(of, width);
  const height = of.rows.length * rowHeight;
  return (
    <div ref={box} className="waterfall-box" onKeyDown={onKeyDown}>
      <Axis window={of.window} origin={of.origin} width={width} names={names} />
      <div className="waterfall-rows" style={{ height }}>
        <svg
          className="waterfall-bars"
          style={{ left: names }}
          width={width}
          height={height}
          aria-hidden="true"
          onWheel={(event) => {
            if (event.ctrlKey) of.zoom(event.deltaY > 0 ? 1.25 : 0.8, event.nativeEvent.offsetX / width);
          }}
        >
          <Patterns />
          {bands.map((band, no) => (
            <rect key={no} className="band-human" x={band.x} width={band.width} y={0} height={height} />
          ))}
          {of.rows.slice(from, to).map((row, no) => (
            <Bar key={row.span.id} row={row} y={(from + no) * rowHeight} of={of} width={width} isHere={from + no === at} />
          ))}
        </svg>
        <ul className="waterfall-names" role="tree" aria-label={`Timeline, ${counted(of.rows.length, 'line')}`} style={{ width: names }}>
          {of.rows.slice(from, to).map((row, no) => (
            <Name
              key={row.span.id}
              row={row}
              no={from + no}
              isHere={from + no === Math.min(at, of.rows.length - 1)}
              isFolded={of.folded.has(row.span.id)}
              now={of.now}
              onFold={(isFolded) => fold(row.span.id, isFolded)}
              onFocus={() => setAt(from + no)}
              onOpen={() => row.span.run_id && go(runPath(row.span.run_id))}
            />
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Lines by the arrow keys: up and down, folded and unfolded, with shift along the time; Enter opens the run. */
function useRowKeys(
  of: DrawingOf,
  box: React.RefObject<HTMLDivElement | null>,
  at: number,
  setAt: (at: number) => void,
  fold: (id: string, isFolded: boolean) => void,
): (event: KeyboardEvent) => void {
  const [, go] = useLocation();
  const move = (next: number): void => {
    const target = Math.max(0, Math.min(of.rows.length - 1, next));
    setAt(target);
    const top = target * rowHeight;
    if (box.current && (top < box.current.scrollTop || top > box.current.scrollTop + box.current.clientHeight - 3 * rowHeight))
      box.current.scrollTop = Math.max(0, top - 100);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus({ preventScroll: true }));
  };
  return (event) => {
    const row = of.rows[at];
    const actions: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(of.rows.length - 1),
      ArrowRight: () =>
        event.shiftKey ? of.pan(0.25) : row?.hasBelow && of.folded.has(row.span.id) ? fold(row.span.id, false) : undefined,
      ArrowLeft: () => (event.shiftKey ? of.pan(-0.25) : row?.hasBelow ? fold(row.span.id, true) : undefined),
      Enter: () => row?.span.run_id && go(runPath(row.span.run_id)),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
}

/** Where a person had the turn. */
function useBands(of: DrawingOf, width: number): { x: number; width: number }[] {
  const { spans, now, window } = of;
  return useMemo(() => {
    const turns = union(
      spans.filter((span) => span.is_human),
      now,
    );
    const times = turns.map((one) => ({ ...spans[0]!, from: new Date(one.from).toISOString(), to: new Date(one.to).toISOString() }));
    return times.map((one) => barOf(one, window, width, now)).filter((bar) => bar !== null);
  }, [spans, window, now, width]);
}

/** What can be seen of the box: its width, and where it is scrolled to. */
function useView(box: React.RefObject<HTMLDivElement | null>): { width: number; height: number; top: number } {
  const [view, setView] = useState({ width: 900, height: 600, top: 0 });
  useEffect(() => {
    const element = box.current!;
    const look = (): void => setView({ width: element.clientWidth, height: element.clientHeight, top: element.scrollTop });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box]);
  return view;
}

function Axis({ window, origin, width, names }: { window: Window; origin: number; width: number; names: number }) {
  return (
    <svg className="waterfall-axis" width={names + width} height={20} aria-hidden="true">
      {ticksOf(window, origin, width).map((tick) => (
        <g key={tick.ms} transform={`translate(${names + tick.x} 0)`}>
          <line y1={14} y2={20} />
          <text x={2} y={12}>
            {tick.ms === 0 ? '0' : shortLength(tick.ms)}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Lengths on the axis: 250 ms, 1.5 s, 2:30, 3 h. */
const shortLength = (ms: number): string => (ms < 1_000 ? `${ms} ms` : ms < 60_000 ? `${ms / 1_000} s` : lengthOf(ms));

const Patterns = () => (
  <defs>
    <pattern id="wait" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" className="pattern-ground" />
      <line x1="0" y1="0" x2="0" y2="6" className="pattern-wait" />
    </pattern>
    <pattern id="human" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect width="6" height="6" className="pattern-human-ground" />
      <circle cx="3" cy="3" r="1.4" className="pattern-human" />
    </pattern>
  </defs>
);

function Bar({ row, y, of, width, isHere }: { row: Row; y: number; of: DrawingOf; width: number; isHere: boolean }) {
  const bar = barOf(row.span, of.window, width, of.now);
  const { span } = row;
  return (
    <g>
      {isHere && <rect className="wf-here" x={0} width={width} y={y} height={rowHeight} />}
      {bar && (
        <rect
          className={`wf-bar wf-${span.kind} wf-is-${span.state ?? 'none'}`}
          fill={span.is_human ? 'url(#human)' : span.is_wait ? 'url(#wait)' : undefined}
          x={bar.x}
          width={bar.width}
          y={y + 6}
          height={rowHeight - 12}
          rx={2}
        />
      )}
    </g>
  );
}

function Name({
  row,
  no,
  isHere,
  isFolded,
  now,
  onFold,
  onFocus,
  onOpen,
}: {
  row: Row;
  no: number;
  isHere: boolean;
  isFolded: boolean;
  now: number;
  onFold: (isFolded: boolean) => void;
  onFocus: () => void;
  onOpen: () => void;
}) {
  const { span } = row;
  const took = tookWords(span, now);
  const whose = span.is_human ? ', a person’s turn' : span.is_wait ? ', waiting' : '';
  return (
    <li
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.hasBelow ? !isFolded : undefined}
      aria-selected={isHere}
      tabIndex={isHere ? 0 : -1}
      data-row={no}
      className="waterfall-name"
      style={{ top: no * rowHeight, paddingLeft: 4 + row.depth * 14 }}
      onFocus={onFocus}
      onClick={() => (row.hasBelow ? onFold(!isFolded) : onOpen())}
      onDoubleClick={onOpen}
      title={`${cleanLine(span.title)}${span.state ? ` · ${span.state.replaceAll('_', ' ')}` : ''} · ${took}${whose}`}
    >
      <span aria-hidden="true" className="waterfall-fold">
        {row.hasBelow ? (isFolded ? '▸' : '▾') : ''}
      </span>
      <span aria-hidden="true" className={`waterfall-sign sign-${span.kind}`}>
        {signs[span.kind] ?? '•'}
      </span>
      <span className="hidden-text">{span.kind}: </span>
      <span className="clip grow">{cleanLine(span.kind === 'status' ? (span.state ?? '').replaceAll('_', ' ') : span.title)}</span>
      {span.kind !== 'status' && span.state && <span className="hidden-text">, {span.state.replaceAll('_', ' ')}, </span>}
      <span className="quiet nowrap">{took}</span>
      {whose && <span className="hidden-text">{whose}</span>}
    </li>
  );
}
