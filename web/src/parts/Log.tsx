import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useCommands } from '../app/commands';
import { Actions } from './Actions';
import { copy } from './copy';
import { LogRows, type LogRowsHandle } from './LogRows';
import type { LogText } from './logText';
import { counted } from './numbers';
import { useLogSearch, type Found } from './useLogSearch';
import './log.css';

/** More bytes than this are not put on the clipboard whole. */
const mostCopiedBytes = 4_000_000;
const copiedLines = 20_000;

/** A log of any length: only the lines in sight are elements. Follows its end until somebody scrolls. */
export function Log({
  log,
  version,
  name,
  live,
  timeOf,
  onTimes,
  children,
}: {
  log: LogText;
  /** `log.version` as it is now: the view follows it. */
  version: number;
  /** Of the file when it is downloaded. */
  name: string;
  /** More may come. */
  live: boolean;
  /** When a line was written, ms since 1970; 0 when nobody knows. */
  timeOf?: (line: number) => number;
  /** Times are wanted now, or not any more. */
  onTimes?: (wanted: boolean) => void;
  /** More controls. */
  children?: ReactNode;
}) {
  const rows = useRef<LogRowsHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState('');
  const [at, setAt] = useState(-1);
  const [wrap, setWrap] = useState(false);
  const [times, setTimes] = useState(false);
  const found = useLogSearch(log, words, version);
  const setTimed = (on: boolean): void => {
    setTimes(on);
    onTimes?.(on);
  };
  const go = (step: 1 | -1): void => {
    if (found.lines.length === 0) return;
    const next =
      at < 0 ? nearest(found.lines, rows.current?.firstInSight() ?? 0, step) : (at + step + found.lines.length) % found.lines.length;
    setAt(next);
    rows.current?.show(found.lines[next]!);
  };
  useCommands(
    useMemo(() => [{ id: 'log.search', title: 'Search the log', group: 'Log', keys: '/', run: () => search.current?.focus() }], []),
  );
  return (
    <div className="log">
      <div className="log-bar row">
        {children}
        <SearchField
          field={search}
          words={words}
          found={found}
          at={at}
          go={go}
          onWords={(next) => {
            setWords(next);
            setAt(-1);
          }}
        />
        <Tools log={log} name={name} wrap={wrap} setWrap={setWrap} times={times} setTimes={setTimed} />
      </div>
      <LogRows
        ref={rows}
        log={log}
        version={version}
        live={live}
        wrap={wrap}
        words={words}
        now={at < 0 ? -1 : (found.lines[at] ?? -1)}
        timeOf={times ? (line) => timeOf?.(line) || log.timeOf(line) : null}
      />
      <p className="log-foot quiet" role="status">
        {counted(log.count, 'line')}
        {live ? ', live' : ''}
      </p>
    </div>
  );
}

interface ToolsProps {
  log: LogText;
  name: string;
  wrap: boolean;
  setWrap: (on: boolean) => void;
  times: boolean;
  setTimes: (on: boolean) => void;
}

/** How it is shown, and ways to take it along: buttons on a desk, a menu where there is no room for them. */
function Tools({ log, name, wrap, setWrap, times, setTimes }: ToolsProps) {
  return (
    <>
      <span className="row log-tools">
        <Toggle on={wrap} set={setWrap}>
          Wrap
        </Toggle>
        <Toggle on={times} set={setTimes}>
          Times
        </Toggle>
        <button type="button" className="button button-small" onClick={() => copyLog(log)}>
          Copy
        </button>
        <button type="button" className="button button-small" onClick={() => download(log, name)}>
          Download
        </button>
      </span>
      <span className="log-menu">
        <Actions
          label="More for this log"
          actions={[
            { title: wrap ? 'Do not wrap long lines' : 'Wrap long lines', run: () => setWrap(!wrap) },
            { title: times ? 'Hide the times' : 'Show the times', run: () => setTimes(!times) },
            'line',
            { title: 'Copy', run: () => copyLog(log) },
            { title: 'Download', run: () => download(log, name) },
          ]}
        />
      </span>
    </>
  );
}

/** A switch that looks like a small button. */
export function Toggle({ on, set, children }: { on: boolean; set: (on: boolean) => void; children: ReactNode }) {
  return (
    <button type="button" className="button button-small toggle" aria-pressed={on} onClick={() => set(!on)}>
      {children}
    </button>
  );
}

function SearchField({
  field,
  words,
  found,
  at,
  go,
  onWords,
}: {
  field: React.RefObject<HTMLInputElement | null>;
  words: string;
  found: Found;
  at: number;
  go: (step: 1 | -1) => void;
  onWords: (words: string) => void;
}) {
  return (
    <span className="log-search row" role="search">
      <input
        ref={field}
        type="search"
        className="input"
        aria-label="Search the log"
        placeholder="Search  /"
        value={words}
        onChange={(event) => onWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') {
            onWords('');
            event.currentTarget.blur();
          } else return;
          event.preventDefault();
        }}
      />
      {words !== '' && (
        <>
          <span className="quiet nowrap" role="status">
            {at < 0 ? '' : `${at + 1} of `}
            {found.lines.length}
            {found.isWhole ? '' : ' …'}
          </span>
          <button type="button" className="icon-button" aria-label="Previous line found" onClick={() => go(-1)}>
            ↑
          </button>
          <button type="button" className="icon-button" aria-label="Next line found" onClick={() => go(1)}>
            ↓
          </button>
        </>
      )}
    </span>
  );
}

/** Where to begin: the first line found at or after what is in sight, or the last before it. */
function nearest(lines: readonly number[], from: number, step: 1 | -1): number {
  const next = lines.findIndex((line) => line >= from);
  if (step === 1) return next < 0 ? 0 : next;
  return next <= 0 ? lines.length - 1 : next - 1;
}

function copyLog(log: LogText): void {
  const from = log.bytes <= mostCopiedBytes ? 0 : Math.max(0, log.count - copiedLines);
  copy(
    log.copy(from, log.count),
    from === 0 ? `Copied ${counted(log.count, 'line')}` : `Copied the last ${counted(copiedLines, 'line')}; download has all of them`,
  );
}

function download(log: LogText, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(log.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
