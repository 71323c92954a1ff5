import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { cache } from '../api/client';
import { send, wordsOf } from '../api/http';
import type { Message, Run } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { clean } from '../parts/text';
import { waitingMessagesQuery } from './queries';

const again = (): void => void cache.invalidateQueries({ queryKey: ['messages'] });

function Waiting({ message }: { message: Message }) {
  const [isEdited, setEdited] = useState(false);
  const keep = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text') ?? '').trim();
    setEdited(false);
    if (text !== '' && text !== message.text) void send('PATCH', `/messages/${message.id}`, { text }).then(again, tellProblem);
  };
  const remove = (): void =>
    void send('DELETE', `/messages/${message.id}`).then(() => {
      again();
      tell('Removed.', {
        undo: () =>
          void send('POST', `/sessions/${message.session_id}/messages`, { role: 'user', text: message.text }).then(again, tellProblem),
      });
    }, tellProblem);
  if (isEdited)
    return (
      <li>
        <form className="row" onSubmit={keep}>
          <textarea className="input grow" name="text" defaultValue={message.text} rows={2} autoFocus aria-label="Message" />
          <button type="submit" className="button">
            Keep
          </button>
        </form>
      </li>
    );
  return (
    <li className="row">
      <span className="grow item-message">{clean(message.text)}</span>
      <button type="button" className="button button-small" onClick={() => setEdited(true)}>
        Edit
      </button>
      <button type="button" className="button button-small" onClick={remove}>
        Remove
      </button>
    </li>
  );
}

const modes = [
  { id: 'queue', title: 'after this turn' },
  { id: 'steer', title: 'into this turn' },
  { id: 'interrupt', title: 'now, interrupting it' },
] as const;

function Mode() {
  return (
    <select className="input item-mode" name="mode" aria-label="When it is told">
      {modes.map((mode) => (
        <option key={mode.id} value={mode.id}>
          {mode.title}
        </option>
      ))}
    </select>
  );
}

/** A word to the agent, and the words that still wait to be told. */
export function FollowUp({ run }: { run: Run }) {
  const waiting = (useQuery(waitingMessagesQuery(run.session_id)).data ?? []).filter((message) => message.role === 'user');
  const [isBusy, setBusy] = useState(false);
  const isAtWork = run.ended_at === null;
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const text = String(data.get('text') ?? '').trim();
    if (text === '') return;
    setBusy(true);
    try {
      await send('POST', `/sessions/${run.session_id}/messages`, {
        role: 'user',
        text,
        ...(isAtWork ? { mode: data.get('mode') } : {}),
      });
      form.reset();
      again();
      tell(isAtWork ? 'Sent; it waits for its turn.' : 'Sent; the session goes on.');
    } catch (error) {
      tell(wordsOf(error), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="panel stack" aria-labelledby="follow-up">
      <h2 id="follow-up">Follow up</h2>
      {waiting.length > 0 && (
        <ol className="item-waiting" aria-label="Messages that wait">
          {waiting.map((message) => (
            <Waiting key={message.id} message={message} />
          ))}
        </ol>
      )}
      <form
        className="stack"
        onSubmit={(event) => void submit(event)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        <label className="field">
          <span>{isAtWork ? 'The agent is at work; it is told' : 'Goes on in the same conversation, with a new run'}</span>
          <textarea className="input" name="text" rows={2} placeholder="What is to be done next?" />
        </label>
        <div className="row">
          {isAtWork && <Mode />}
          <span className="grow" />
          <button type="submit" className="button button-main" disabled={isBusy}>
            Send
          </button>
        </div>
      </form>
    </section>
  );
}
