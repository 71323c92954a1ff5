import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { RunRequest } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { Markdown } from '../parts/Markdown';
import { Tag } from '../parts/State';
import { clean, cleanLine } from '../parts/text';
import type { Entry } from './conversation';
import { requestQuery } from './queries';

const kinds: Record<string, string> = {
  approval_request: 'Asks for approval',
  permission_request: 'Asks for permission',
  question: 'Asks',
  decision: 'Wants a decision',
};

/** A question of the run, answered where it stands. */
export function AskedEntry({ entry }: { entry: Entry & { kind: 'asked' } }) {
  const data = entry.event as Partial<Record<string, string>>;
  const isOpen = entry.state === 'open';
  const request = useQuery({ ...requestQuery(entry.requestId), enabled: isOpen }).data;
  return (
    <div className={`talk-entry talk-asked${isOpen ? ' talk-open' : ''}`}>
      <div className="talk-head">
        <time className="talk-time" dateTime={entry.at}>
          {new Date(entry.at).toLocaleTimeString([], { hour12: false })}
        </time>
        <strong>{kinds[data['kind'] ?? ''] ?? 'Asks'}</strong>
        {data['risk'] && <Tag tone={data['risk'] === 'high' ? 'bad' : 'warn'}>{data['risk']} risk</Tag>}
        <span className={isOpen ? 'state-warn' : 'quiet'}>
          {isOpen ? 'waits for an answer' : entry.state}
          {data['by'] ? ` by ${cleanLine(data['by'])}` : ''}
        </span>
      </div>
      <Markdown text={data['text'] ?? ''} />
      {data['kind'] !== 'question' && data['kind'] !== 'decision' && <Exactly of={request?.detail ?? entry.event['detail']} />}
      <Given answer={entry.event['answer']} />
      {isOpen && request?.state === 'open' && (
        <>
          {request.to_session_id !== null && <p className="quiet">Its parent session is asked. You may answer all the same.</p>}
          <AnswerForm request={request} />
        </>
      )}
    </div>
  );
}

/** The exact command or change that is asked about. */
function Exactly({ of }: { of: unknown }) {
  if (typeof of !== 'object' || of === null) return null;
  const { command, folder, diff } = of as Record<string, unknown>;
  const text = [Array.isArray(command) ? command.join(' ') : command, folder ? `in ${String(folder)}` : null, diff]
    .filter(Boolean)
    .map(String)
    .join('\n');
  return (
    <pre className="talk-block" tabIndex={0} role="region" aria-label="Exactly">
      {clean(text || JSON.stringify(of, null, 2))}
    </pre>
  );
}

function Given({ answer }: { answer: unknown }) {
  if (typeof answer !== 'object' || answer === null) return null;
  const { decision, option, text } = answer as Record<string, string | null>;
  return (
    <p className="quiet">
      Answer:{' '}
      {[decision, option, text]
        .filter(Boolean)
        .map((word) => cleanLine(word!))
        .join(', ')}
    </p>
  );
}

interface Answer {
  decision: 'approve' | 'deny' | 'answer';
  text?: string;
  option?: string;
  scope?: string;
}

function AnswerForm({ request }: { request: RunRequest }) {
  const [text, setText] = useState('');
  const [scope, setScope] = useState('once');
  const answer = useMutation({
    mutationFn: (given: Answer) => send('POST', `/requests/${request.id}/answer`, { ...given, idempotency_key: crypto.randomUUID() }),
    onSuccess: () => tell('Answered; the run goes on.'),
    onError: tellProblem,
    onSettled: () => cache.invalidateQueries({ queryKey: ['requests'] }),
  });
  const words = text.trim() ? { text: text.trim() } : {};
  const isYesNo = request.kind === 'approval_request' || request.kind === 'permission_request';
  const give = (given: Answer): void => answer.mutate({ ...given, ...words, ...(isYesNo && scope !== 'once' ? { scope } : {}) });
  return (
    <form
      className="row talk-answer"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isYesNo && text.trim()) give({ decision: 'answer' });
      }}
    >
      {isYesNo && (
        <>
          <button type="button" className="button button-main" disabled={answer.isPending} onClick={() => give({ decision: 'approve' })}>
            Approve
          </button>
          <button type="button" className="button button-bad" disabled={answer.isPending} onClick={() => give({ decision: 'deny' })}>
            Deny
          </button>
          <select
            className="input talk-scope"
            aria-label="How far it holds"
            value={scope}
            onChange={(event) => setScope(event.target.value)}
          >
            <option value="once">once</option>
            <option value="run">for this run (makes a rule)</option>
            <option value="project">for the project (makes a rule)</option>
          </select>
        </>
      )}
      {!isYesNo &&
        request.options.map((option) => (
          <button
            key={option}
            type="button"
            className="button"
            disabled={answer.isPending}
            onClick={() => give({ decision: 'answer', option })}
          >
            {cleanLine(option)}
          </button>
        ))}
      <input
        className="input grow"
        aria-label={isYesNo ? 'In words, with the decision' : 'Answer in words'}
        placeholder={isYesNo ? 'A word with it (not needed)' : 'Answer in words'}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {!isYesNo && (
        <button type="submit" className="button button-main" disabled={answer.isPending || !text.trim()}>
          Answer
        </button>
      )}
    </form>
  );
}
