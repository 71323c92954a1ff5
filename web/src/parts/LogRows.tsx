import { useVirtualizer } from '@tanstack/react-virtual';
import {
  forwardRef,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type ReactNode,
  type RefObject,
} from 'react';
import { cssColour, plainStyle, spansOf, type Span, type Style } from './ansi';
import type { LogText } from './logText';
import { counted } from './numbers';

/** What the search and the tool bar ask of the rows. */
export interface LogRowsHandle {
  /** Brings a line into sight and stops following. */
  show(line: number): void;
  firstInSight(): number;
}

interface RowsOf {
  log: LogText;
  version: number;
  live: boolean;
  wrap: boolean;
  words: string;
  /** The line that the search stands at; -1 for none. */
  now: number;
  timeOf: ((line: number) => number) | null;
}

/** Height of a line that is not wrapped, in px: the same in log.css. */
const lineHeight = 18;
const around = 12;
/** So many lines before the first in sight are read for the colour that holds there. */
const lookBack = 100;

/** The lines of a log that are in sight. While it follows, the end is. */
export const LogRows = forwardRef<LogRowsHandle, RowsOf>(function LogRows(of, handle) {
  const { log, version, live } = of;
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [seen, setSeen] = useState(log.count);
  const shower = useRef<(line: number) => void>(() => undefined);
  const first = useRef(0);
  useImperativeHandle(
    handle,
    () => ({
      show: (line) => {
        setFollowing(false);
        setSeen(log.count);
        shower.current(line);
      },
      firstInSight: () => first.current,
    }),
    [log],
  );
  useLayoutEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [version, following, of.wrap, log]);
  const lastTop = useRef(0);
  const onScroll = (): void => {
    const element = box.current!;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < lineHeight * 1.5;
    // What grows below moves the end away, too: only going up is leaving it.
    const isUp = element.scrollTop < lastTop.current - 1;
    lastTop.current = element.scrollTop;
    if (isAtEnd === following || (following && !isUp)) return;
    setFollowing(isAtEnd);
    setSeen(log.count);
  };
  const more = following ? 0 : log.count - seen;
  const Lines = of.wrap ? WrappedLines : PlainLines;
  return (
    <div className="log-frame">
      <div ref={box} className={of.wrap ? 'log-box log-wrap' : 'log-box'} tabIndex={0} role="region" aria-label="Log" onScroll={onScroll}>
        <Lines of={of} box={box} shower={shower} first={first} />
      </div>
      {!following && (more > 0 || live) && (
        <button type="button" className="button log-more" onClick={() => setFollowing(true)}>
          {more > 0 ? `${counted(more, 'new line')} ↓` : 'To the end ↓'}
        </button>
      )}
    </div>
  );
});

interface LinesOf {
  of: RowsOf;
  box: RefObject<HTMLDivElement | null>;
  shower: RefObject<(line: number) => void>;
  first: RefObject<number>;
}

/** Lines of one height: where each is needs no measuring. */
function PlainLines({ of, box, shower, first }: LinesOf) {
  const [view, setView] = useState({ top: Number.MAX_SAFE_INTEGER, height: 600 });
  // Not before the box has its place: an element around this one gets its reference later.
  useEffect(() => {
    const element = box.current!;
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box]);
  shower.current = (line) => {
    box.current!.scrollTop = Math.max(0, (line - 5) * lineHeight);
  };
  const total = of.log.count;
  const top = Math.min(view.top, Math.max(0, total * lineHeight - view.height));
  first.current = Math.floor(top / lineHeight);
  const from = Math.max(0, first.current - around);
  const to = Math.min(total, Math.ceil((top + view.height) / lineHeight) + around);
  const styled = styles(of.log, from, to);
  return (
    <div className="log-all" style={{ height: total * lineHeight }}>
      <div className="log-part" style={{ transform: `translateY(${from * lineHeight}px)` }}>
        {styled.map((spans, at) => (
          <Line key={from + at} no={from + at} spans={spans} of={of} />
        ))}
      </div>
    </div>
  );
}

/** Lines of many heights, measured when they come into sight. */
function WrappedLines({ of, box, shower, first }: LinesOf) {
  const virtual = useVirtualizer({
    count: of.log.count,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: around,
  });
  shower.current = (line) => virtual.scrollToIndex(line, { align: 'center' });
  const rows = virtual.getVirtualItems();
  first.current = rows[0]?.index ?? 0;
  const total = virtual.getTotalSize();
  const end = of.log.count;
  // The end is known only once the lines before it were measured.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (rows.at(-1)?.index === end - 1 && element.scrollHeight - element.scrollTop - element.clientHeight < lineHeight * 4)
      element.scrollTop = element.scrollHeight;
  }, [total, end, box, rows]);
  const styled = rows.length === 0 ? [] : styles(of.log, rows[0]!.index, rows.at(-1)!.index + 1);
  return (
    <div className="log-all" style={{ height: total }}>
      <div className="log-part" style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
        {rows.map((row, at) => (
          <Line key={row.key} no={row.index} spans={styled[at]!} of={of} measure={virtual.measureElement} />
        ))}
      </div>
    </div>
  );
}

/** The spans of some lines, with the colours that lines before them left on. */
function styles(log: LogText, from: number, to: number): Span[][] {
  let style: Style = plainStyle;
  for (let line = Math.max(0, from - lookBack); line < from; line++) style = spansOf(log.line(line), style).after;
  const lines: Span[][] = [];
  for (let line = from; line < to; line++) {
    const { spans, after } = spansOf(log.line(line), style);
    lines.push(spans);
    style = after;
  }
  return lines;
}

function Line({ no, spans, of, measure }: { no: number; spans: Span[]; of: RowsOf; measure?: (element: Element | null) => void }) {
  return (
    <div ref={measure} data-index={no} className={no === of.now ? 'log-line log-now' : 'log-line'}>
      <span className="log-no" aria-hidden="true">
        {no + 1}
      </span>
      {of.timeOf && <span className="log-time">{timeWords(of.timeOf(no))}</span>}
      <span className="log-text">
        {spans.map((span, at) => (
          <StyledSpan key={at} span={span} words={of.words} />
        ))}
      </span>
    </div>
  );
}

const timeWords = (at: number): string => (at === 0 ? '' : new Date(at).toLocaleTimeString([], { hour12: false }));

function StyledSpan({ span, words }: { span: Span; words: string }) {
  const content = marked(span.text, words);
  return span.style === plainStyle ? <>{content}</> : <span style={cssOf(span.style)}>{content}</span>;
}

function cssOf(style: Style): CSSProperties {
  const [fore, back] = style.inverse ? [style.back, style.fore] : [style.fore, style.back];
  return {
    ...(fore !== null ? { color: cssColour(fore) } : style.inverse ? { color: 'var(--surface)' } : {}),
    ...(back !== null ? { background: cssColour(back) } : style.inverse ? { background: 'var(--text)' } : {}),
    ...(back !== null && fore === null && !style.inverse ? { color: 'var(--surface)' } : {}),
    ...(style.bold ? { fontWeight: 700 } : {}),
    ...(style.dim ? { color: 'var(--text-quiet)' } : {}),
    ...(style.italic ? { fontStyle: 'italic' } : {}),
    ...(style.underline ? { textDecoration: 'underline' } : {}),
  };
}

/** The text with what was searched for marked. */
function marked(text: string, words: string): ReactNode {
  if (words === '') return text;
  const parts: ReactNode[] = [];
  const [hay, needle] = [text.toLowerCase(), words.toLowerCase()];
  let from = 0;
  for (let at = hay.indexOf(needle); at >= 0 && parts.length < 200; at = hay.indexOf(needle, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + words.length)}</mark>);
    from = at + words.length;
  }
  parts.push(text.slice(from));
  return parts;
}
