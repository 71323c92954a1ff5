import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { getJson, withQuery, wordsOf } from '../api/http';
import type { Run, StoreEvent } from '../api/types';
import { later } from '../app/later';
import { tell, tellProblem } from '../app/toasts';
import { Log, Toggle } from '../parts/Log';
import { LogText } from '../parts/logText';
import { useUrlState } from '../parts/urlState';
import { isOpen } from './filters';
import { sendMessage } from './MessageBox';
import { OutputReader } from './output';
import { align } from './outputTimes';
import './terminal.css';

const TerminalView = later(() => import('./TerminalView'), 'Loading the terminal …');

/** More than this of one stream is not held in the browser: the end of it is. */
const mostBytes = 32 * 1_048_576;

type Stream = 'stdout' | 'stderr';

/** What the agent's process wrote, byte for byte: as a log to search, or as a terminal would show it. Watching changes nothing. */
export default function TerminalTab({ run }: { run: Run }) {
  const [view, setView] = useUrlState('view', 'log');
  const [name, setName] = useUrlState('stream', 'stdout');
  const stream: Stream = name === 'stderr' ? 'stderr' : 'stdout';
  const live = isOpen(run.status);
  const controls = (
    <span className="row terminal-choice">
      <Toggle on={view !== 'terminal'} set={() => setView('log')}>
        Log
      </Toggle>
      <Toggle on={view === 'terminal'} set={() => setView('terminal')}>
        Terminal
      </Toggle>
      <select className="input" aria-label="Stream" value={stream} onChange={(event) => setName(event.target.value)}>
        <option value="stdout">standard output</option>
        <option value="stderr">standard error</option>
      </select>
    </span>
  );
  return (
    <div className="terminal">
      {view === 'terminal' ? (
        <TerminalView key={stream} runId={run.id} stream={stream} live={live}>
          {controls}
        </TerminalView>
      ) : (
        <OutputLog key={stream} run={run} stream={stream} live={live}>
          {controls}
        </OutputLog>
      )}
      {live && <TakeOver run={run} />}
    </div>
  );
}

function OutputLog({ run, stream, live, children }: { run: Run; stream: Stream; live: boolean; children: React.ReactNode }) {
  const log = useMemo(() => new LogText(), []);
  const [version, setVersion] = useState(0);
  const [state, setState] = useState<{ error: unknown; isWhole: boolean }>({ error: null, isWhole: false });
  const reader = useRef<OutputReader | null>(null);
  useEffect(() => {
    const own = new OutputReader(
      run.id,
      stream,
      mostBytes,
      (bytes, at) => {
        log.append(bytes, at);
        setVersion(log.version);
      },
      setState,
    );
    reader.current = own;
    if (log.bytes === 0) own.start(live);
    return () => own.stop();
    // A run that ends is read once more by the event that tells of it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [run.id, stream, log]);
  useEffect(() => {
    if (reader.current) reader.current.live = live;
  }, [live]);
  const { timeOf, want } = useTimes(run.id, stream, log);
  const left = reader.current?.begun ?? 0;
  return (
    <>
      {state.error !== null && (
        <p role="alert" className="note state-bad">
          {wordsOf(state.error)}
        </p>
      )}
      {left > 0 && (
        <p className="quiet">
          The first {Math.round(left / 1_048_576)} MiB are left out here; agentctl run output {run.id.slice(0, 8)} prints all.
        </p>
      )}
      {reader.current?.hole && <p className="quiet">Bytes {reader.current.hole} were too many and not kept.</p>}
      {!state.isWhole && log.bytes === 0 ? (
        <p className="quiet" role="status">
          Loading …
        </p>
      ) : (
        <Log log={log} version={version} name={`run-${run.id.slice(0, 8)}-${stream}.log`} live={live} timeOf={timeOf} onTimes={want}>
          {children}
        </Log>
      )}
    </>
  );
}

/** Times of the lines that were there before: read from the run's events, only when somebody wants them. */
function useTimes(runId: string, stream: Stream, log: LogText): { timeOf: (line: number) => number; want: (wanted: boolean) => void } {
  const times = useRef(new Map<number, number>());
  const [, setRead] = useState(0);
  const reading = useRef<AbortController | null>(null);
  const want = useCallback(
    (wanted: boolean) => {
      if (!wanted || reading.current) return;
      const abort = new AbortController();
      reading.current = abort;
      void readTimes(runId, stream, log, times.current, abort.signal, () => setRead((count) => count + 1)).catch((error: unknown) => {
        if (!abort.signal.aborted) tellProblem(error);
      });
    },
    [runId, stream, log],
  );
  useEffect(() => () => reading.current?.abort(), []);
  return { timeOf: useCallback((line) => times.current.get(line) ?? 0, []), want };
}

async function readTimes(
  runId: string,
  stream: Stream,
  log: LogText,
  times: Map<number, number>,
  signal: AbortSignal,
  onPage: () => void,
): Promise<void> {
  let [cursor, line] = ['', 0];
  for (;;) {
    const page = await getJson<{ events: StoreEvent[]; next_cursor: string }>(
      withQuery('/events', { run_id: runId, types: 'run.output', limit: 500, cursor }),
      signal,
    );
    const own = page.events
      .filter((event) => event.data['stream'] === stream)
      .map((event) => ({ text: String(event.data['text'] ?? ''), at: Date.parse(event.created_at) }));
    line = align(
      (at) => log.line(at),
      log.count,
      line,
      own,
      (at, time) => times.set(at, time),
    );
    onPage();
    if (page.events.length < 500) return;
    cursor = page.next_cursor;
  }
}

/** Typing is off until somebody asks for it. What is typed becomes a message, as with `agentctl run attach`. */
function TakeOver({ run }: { run: Run }) {
  const [isOn, setOn] = useState(false);
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  if (!isOn)
    return (
      <p className="row">
        <button type="button" className="button button-small" onClick={() => setOn(true)}>
          Take over
        </button>
        <span className="quiet">Read-only: leaving it stops nothing.</span>
      </p>
    );
  const submit = async (): Promise<void> => {
    setSending(true);
    try {
      tell((await sendMessage(run, text.trim(), 'steer')).words);
      setText('');
    } catch (error) {
      tellProblem(error);
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() && !sending) void submit();
      }}
    >
      <input
        className="input grow mono"
        aria-label="Line for the agent"
        placeholder="Enter sends it to the agent: into its turn where it can hear that, else as its next message"
        value={text}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setOn(false);
        }}
      />
      <button type="submit" className="button button-main" disabled={!text.trim() || sending}>
        Send
      </button>
      <button type="button" className="button" onClick={() => setOn(false)}>
        Hand back
      </button>
    </form>
  );
}
