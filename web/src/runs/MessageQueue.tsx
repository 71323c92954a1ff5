import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../api/http';
import type { Message, Run } from '../api/types';
import { tellProblem } from '../app/toasts';
import { counted } from '../parts/numbers';
import { cleanLine, cut } from '../parts/text';
import { isOpen } from './filters';
import { waitingQuery } from './queries';
import { useWaiting } from './waiting';

/** Messages of a run's session that no agent has yet: they can be told now, changed and taken back. */
export function MessageQueue({ run }: { run: Run }) {
  const waiting = useQuery(waitingQuery(run.session_id)).data ?? [];
  if (waiting.length === 0) return null;
  // What is meant for the turn that runs is its agent's in a moment.
  const isOnItsWay = (message: Message): boolean => message.run_id === run.id && isOpen(run.status) && run.status !== 'queued';
  return (
    <section aria-label="Messages that wait">
      <h2 className="talk-queue-title">{counted(waiting.length, 'message waits', 'messages wait')}</h2>
      <ul className="talk-queue">
        {waiting.map((message) =>
          isOnItsWay(message) ? (
            <li key={message.id} className="row">
              <Words message={message} />
              <span className="quiet">on its way into the turn</span>
            </li>
          ) : (
            <Waiting key={message.id} message={message} />
          ),
        )}
      </ul>
    </section>
  );
}

const Words = ({ message }: { message: Message }) => <span className="clip grow">{cleanLine(cut(message.text, 200))}</span>;

function Waiting({ message }: { message: Message }) {
  const [isEdited, setEdited] = useState(false);
  const { edit, hasten, remove } = useWaiting(message);
  if (isEdited)
    return (
      <Editor
        text={message.text}
        leave={() => setEdited(false)}
        save={(text) => edit.mutate(text, { onSuccess: () => setEdited(false) })}
      />
    );
  const isDeaf = hasten.error instanceof Problem && hasten.error.body.status === 422;
  return (
    <li>
      <div className="row">
        <Words message={message} />
        <button
          type="button"
          className="button button-small"
          title="Into the turn that runs, instead of after it"
          disabled={hasten.isPending}
          onClick={() =>
            hasten.mutate('steer', {
              onError: (error) => {
                if (!(error instanceof Problem) || error.body.status !== 422) tellProblem(error);
              },
            })
          }
        >
          Send now
        </button>
        <button type="button" className="button button-small" onClick={() => setEdited(true)}>
          Edit
        </button>
        <button type="button" className="button button-small" onClick={() => remove.mutate()}>
          Remove
        </button>
      </div>
      {isDeaf && (
        <div className="row" role="status">
          <span className="quiet grow">This agent hears nothing in mid-turn. It can be stopped for this message.</span>
          <button
            type="button"
            className="button button-small button-danger"
            onClick={() => hasten.mutate('interrupt', { onError: tellProblem })}
          >
            Stop it and send
          </button>
          <button type="button" className="button button-small" onClick={() => hasten.reset()}>
            Let it wait
          </button>
        </div>
      )}
    </li>
  );
}

function Editor({ text: before, save, leave }: { text: string; save: (text: string) => void; leave: () => void }) {
  const [text, setText] = useState(before);
  return (
    <li>
      <textarea
        className="input"
        rows={3}
        aria-label="Change the message"
        value={text}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') leave();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save(text);
        }}
      />
      <div className="row">
        <button type="button" className="button button-small" disabled={!text.trim()} onClick={() => save(text)}>
          Save
        </button>
        <button type="button" className="button button-small" onClick={leave}>
          Leave it
        </button>
      </div>
    </li>
  );
}
