import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Finding } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import type { Picked } from '../parts/DiffRows';
import { commentOf } from './findings';

/** Where a comment is being written. */
export interface Editing {
  path: string;
  picked: Picked;
  /** Only removed lines were picked: they are quoted. */
  isRemoved: boolean;
}

/** Writes a line comment down as a draft: nobody is told before it is sent. */
export function CommentEditor({ reviewId, editing, close }: { reviewId: string; editing: Editing; close: () => void }) {
  const [text, setText] = useState('');
  const [severity, setSeverity] = useState('medium');
  const [suggestion, setSuggestion] = useState<string | null>(null);
  const { picked } = editing;
  const keep = useMutation({
    mutationFn: () =>
      send<{ findings: Finding[] }>('POST', `/reviews/${reviewId}/comments`, {
        comments: [commentOf(editing.path, picked, { text, severity, suggestion: suggestion ?? '' }, editing.isRemoved)],
        idempotency_key: crypto.randomUUID(),
      }),
    onSuccess: () => {
      tell('Kept as a draft; “send back” sends all drafts as one message.');
      close();
    },
    onError: tellProblem,
    onSettled: () => cache.invalidateQueries({ queryKey: ['reviews'] }),
  });
  const submit = (): void => {
    if (text.trim() && !keep.isPending) keep.mutate();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  const where = editing.isRemoved
    ? 'what was removed here'
    : picked.endLine
      ? `lines ${picked.line} to ${picked.endLine}`
      : `line ${picked.line}`;
  return (
    <form
      className="stack comment-editor"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label className="field">
        <span>Comment on {where}</span>
        <textarea className="input" rows={3} value={text} autoFocus onChange={(event) => setText(event.target.value)} />
      </label>
      {suggestion !== null && (
        <label className="field">
          <span>Instead of it</span>
          <textarea className="input mono" rows={3} value={suggestion} onChange={(event) => setSuggestion(event.target.value)} />
        </label>
      )}
      <div className="row">
        <select
          className="input comment-severity"
          aria-label="Severity"
          value={severity}
          onChange={(event) => setSeverity(event.target.value)}
        >
          {['critical', 'high', 'medium', 'low'].map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        {suggestion === null && (
          <button type="button" className="button button-small" onClick={() => setSuggestion('')}>
            Suggest a change
          </button>
        )}
        <span className="grow" />
        <button type="button" className="button" onClick={close}>
          Discard
        </button>
        <button type="submit" className="button button-main" disabled={!text.trim() || keep.isPending}>
          Keep as draft <kbd>Ctrl ⏎</kbd>
        </button>
      </div>
    </form>
  );
}
