import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Finding, Item, Run } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { Sheet } from '../parts/Sheet';
import { decisionWords, type Decision } from './findings';

const titles: Record<Decision, { title: string; button: string; done: string; bad?: boolean }> = {
  accept: { title: 'Accept this work', button: 'Accept', done: 'Accepted.' },
  fix: { title: 'Send it back to the agent', button: 'Send back', done: 'Sent back as one message.' },
  again: { title: 'Let reviewers look once more', button: 'Look again', done: 'Another round of reviews begins.' },
  block: { title: 'Set the item aside', button: 'Block', done: 'The item is blocked.' },
  reject: { title: 'Give the item up', button: 'Reject', done: 'The item has failed.', bad: true },
};

/** A person's word about work. Says what it will do, and does it. */
export function DecisionSheet({
  decision,
  reviewId,
  runId,
  findings,
  close,
  onDone,
}: {
  decision: Decision;
  reviewId: string;
  /** The run whose work is shown: when another one has worked since, the daemon decides nothing. */
  runId: string;
  findings: readonly Finding[];
  close: () => void;
  onDone: (run: Run | null) => void;
}) {
  const [text, setText] = useState('');
  const words = titles[decision];
  const needsText = decision === 'block' || decision === 'reject';
  const canText = decision !== 'again';
  const decide = useMutation({
    mutationFn: () =>
      send<{ item: Item | null; run: Run | null }>('POST', `/reviews/${reviewId}/decision`, {
        decision,
        run_id: runId,
        ...(text.trim() ? { text: text.trim() } : {}),
        idempotency_key: crypto.randomUUID(),
      }),
    onSuccess: ({ run }) => {
      tell(words.done);
      for (const name of ['reviews', 'items', 'runs', 'needs', 'cards', 'deliveries']) void cache.invalidateQueries({ queryKey: [name] });
      close();
      onDone(run);
    },
    onError: tellProblem,
  });
  const submit = (): void => {
    if (!decide.isPending && !(needsText && !text.trim())) decide.mutate();
  };
  return (
    <Sheet open onOpenChange={close} title={words.title}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ul className="deliver-words">
          {decisionWords(decision, findings).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {canText && (
          <label className="field">
            <span>
              {decision === 'fix' ? 'A word of yours with it (not needed)' : needsText ? 'Reason' : 'A word (kept with the decision)'}
            </span>
            <textarea
              className="input"
              rows={3}
              value={text}
              onChange={(event) => setText(event.target.value)}
              autoFocus
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                  event.preventDefault();
                  submit();
                }
              }}
            />
          </label>
        )}
        <p className="row">
          <button
            type="submit"
            className={`button ${words.bad ? 'button-bad' : 'button-main'}`}
            disabled={decide.isPending || (needsText && !text.trim())}
          >
            {words.button} <kbd>Ctrl ⏎</kbd>
          </button>
          <button type="button" className="button" onClick={close}>
            Not now
          </button>
        </p>
      </form>
    </Sheet>
  );
}
