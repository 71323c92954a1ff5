import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Message } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { counted } from '../parts/numbers';
import { cleanLine, cut } from '../parts/text';
import { waitingQuery } from './queries';

const readAnew = (): void => void cache.invalidateQueries({ queryKey: ['messages'] });

/** Messages that no agent has yet: they can be changed and taken back. */
export function MessageQueue({ sessionId }: { sessionId: string }) {
  const waiting = useQuery(waitingQuery(sessionId)).data ?? [];
  if (waiting.length === 0) return null;
  return (
    <section aria-label="Messages that wait">
      <h2 className="talk-queue-title">{counted(waiting.length, 'message waits', 'messages wait')}</h2>
      <ul className="talk-queue">
        {waiting.map((message) => (
          <Waiting key={message.id} message={message} />
        ))}
      </ul>
    </section>
  );
}

function Waiting({ message }: { message: Message }) {
  const [text, setText] = useState<string | null>(null);
  const edit = useMutation({
    mutationFn: (changed: string) => send('PATCH', `/messages/${message.id}`, { text: changed }),
    onSuccess: () => {
      setText(null);
      tell('Changed.');
    },
    onError: tellProblem,
    onSettled: readAnew,
  });
  const remove = useMutation({
    mutationFn: () => send('DELETE', `/messages/${message.id}`),
    onSuccess: () =>
      tell('Taken back.', {
        undo: () =>
          void send('POST', `/sessions/${message.session_id}/messages`, { role: 'user', text: message.text, mode: 'queue' }).then(
            readAnew,
            tellProblem,
          ),
      }),
    onError: tellProblem,
    onSettled: readAnew,
  });
  if (text !== null)
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
            if (event.key === 'Escape') setText(null);
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) edit.mutate(text);
          }}
        />
        <div className="row">
          <button type="button" className="button button-small" disabled={!text.trim()} onClick={() => edit.mutate(text)}>
            Save
          </button>
          <button type="button" className="button button-small" onClick={() => setText(null)}>
            Leave it
          </button>
        </div>
      </li>
    );
  return (
    <li className="row">
      <span className="clip grow">{cleanLine(cut(message.text, 200))}</span>
      <button type="button" className="button button-small" onClick={() => setText(message.text)}>
        Edit
      </button>
      <button type="button" className="button button-small" onClick={() => remove.mutate()}>
        Remove
      </button>
    </li>
  );
}
