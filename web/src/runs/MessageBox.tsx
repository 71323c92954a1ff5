import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { cache } from '../api/client';
import { Problem, send } from '../api/http';
import type { Message, Run } from '../api/types';
import { useCommands } from '../app/commands';
import { runPath } from '../app/routes';
import { tell, tellProblem } from '../app/toasts';
import { MessageQueue } from './MessageQueue';
import { sessionQuery } from './queries';

type Mode = 'steer' | 'queue' | 'collect' | 'interrupt';

const modes: readonly { value: Mode; words: string; does: string }[] = [
  {
    value: 'steer',
    words: 'Into its turn',
    does: 'It goes into the running turn. An agent that hears nothing in mid-turn gets it as its next message.',
  },
  { value: 'queue', words: 'After this run', does: 'It waits until this run has ended and then starts a run of its own.' },
  { value: 'collect', words: 'With what waits', does: 'It is joined with the last message that waits: one run answers both.' },
  { value: 'interrupt', words: 'Instead of this run', does: 'What runs is stopped, and this is answered before all that waits.' },
];

/** Sends to a session. Where the agent hears nothing in mid-turn, it waits for the next run, as with `agentctl run attach`. */
export async function sendMessage(run: Run, text: string, mode: Mode): Promise<{ words: string; run: Run | null }> {
  const post = (how: Mode) =>
    send<{ message: Message; run: Run | null }>('POST', `/sessions/${run.session_id}/messages`, {
      role: 'user',
      text,
      mode: how,
      profile: run.profile,
      idempotency_key: crypto.randomUUID(),
    });
  let isSteered = mode === 'steer';
  let answer;
  try {
    answer = await post(mode);
  } catch (error) {
    if (!isSteered || !(error instanceof Problem) || error.body.status !== 422) throw error;
    isSteered = false;
    answer = await post('queue');
  }
  if (answer.run?.id === run.id) return { words: isSteered ? 'Sent into the running turn.' : 'Sent.', run: null };
  return {
    words: mode === 'steer' && !isSteered ? 'This agent hears nothing in mid-turn: it waits for the next run.' : 'It waits for its run.',
    run: answer.run,
  };
}

/** Sends, says what became of it, and tells the run that will answer when it is another one. */
function useSend(run: Run, mode: Mode, sent: (other: Run | null) => void) {
  return useMutation({
    mutationFn: (text: string) => sendMessage(run, text, mode),
    onSuccess: ({ words, run: other }) => {
      sent(other);
      tell(words);
      for (const name of ['messages', 'sessions', 'runs']) void cache.invalidateQueries({ queryKey: [name] });
    },
    onError: tellProblem,
  });
}

function ModeChoice({ mode, setMode }: { mode: Mode; setMode: (mode: Mode) => void }) {
  return (
    <select
      className="input talk-mode"
      aria-label="What becomes of it"
      value={mode}
      onChange={(event) => setMode(event.target.value as Mode)}
    >
      {modes.map((one) => (
        <option key={one.value} value={one.value}>
          {one.words}
        </option>
      ))}
    </select>
  );
}

/** A message to the agent: what becomes of it is said before it is sent. */
export function MessageBox({ run }: { run: Run }) {
  const session = useQuery(sessionQuery(run.session_id)).data;
  const [text, setText] = useState('');
  const [mode, setMode] = useState<Mode>('steer');
  const [next, setNext] = useState<Run | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const busy = session?.status === 'busy' || session?.status === 'waiting';
  const post = useSend(run, busy ? mode : 'queue', (other) => {
    setText('');
    setNext(other);
    field.current?.focus();
  });
  useCommands(
    useMemo(() => [{ id: 'run.message', title: 'Write to the agent', group: 'Run', keys: 'm', run: () => field.current?.focus() }], []),
  );
  if (session?.status === 'archived') return <p className="quiet talk-foot">This session is archived: nothing goes on in it.</p>;
  const submit = (): void => {
    if (text.trim() && !post.isPending) post.mutate(text.trim());
  };
  return (
    <form
      className="talk-foot"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <MessageQueue run={run} />
      {next && next.id !== run.id && (
        <p className="quiet">
          Run <Link href={runPath(next.id)}>{next.id.slice(0, 8)}</Link> answers it.
        </p>
      )}
      <textarea
        ref={field}
        className="input"
        rows={2}
        aria-label="Message to the agent"
        aria-describedby="talk-does"
        placeholder="Message to the agent  (m)"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            submit();
          }
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <div className="row">
        {busy && <ModeChoice mode={mode} setMode={setMode} />}
        <span id="talk-does" className="quiet grow">
          {busy
            ? modes.find((one) => one.value === mode)!.does
            : `Nothing runs in this session: it starts a new run with profile ${run.profile}.`}
        </span>
        <button type="submit" className="button button-main" disabled={!text.trim() || post.isPending}>
          Send <kbd>Ctrl ⏎</kbd>
        </button>
      </div>
    </form>
  );
}
