import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Delivery, Run } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { Sheet } from '../parts/Sheet';
import './review.css';
import { deliveryBody, deliveryWords, firstChoice, strategies, type DeliverChoice } from './deliver';

/** Asks how a run's work is to be delivered and says what will happen. */
export function DeliverSheet({ run, close, start = firstChoice }: { run: Run; close: () => void; start?: DeliverChoice }) {
  const [choice, setChoice] = useState(start);
  const change = (part: Partial<DeliverChoice>): void => setChoice({ ...choice, ...part });
  const isPull = choice.strategy === 'pull_request';
  const deliver = useMutation({
    mutationFn: () =>
      send<{ delivery: Delivery }>('POST', `/runs/${run.id}/deliver`, {
        ...deliveryBody(choice),
        idempotency_key: crypto.randomUUID(),
      }),
    onSuccess: () => {
      tell('The delivery is on its way; its state is shown here.');
      void cache.invalidateQueries({ queryKey: ['deliveries'] });
      close();
    },
    onError: tellProblem,
  });
  return (
    <Sheet open onOpenChange={close} title="Deliver this work">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          deliver.mutate();
        }}
      >
        <Fields choice={choice} change={change} />
        <div className="note state-busy" aria-live="polite">
          <p>What will happen:</p>
          <ul className="deliver-words">
            {deliveryWords(choice, run.workspace?.branch ?? null).map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </div>
        <p className="row">
          <button type="submit" className="button button-main" disabled={deliver.isPending}>
            {isPull ? 'Open the pull request' : 'Deliver'}
          </button>
          <button type="button" className="button" onClick={close}>
            Not now
          </button>
        </p>
      </form>
    </Sheet>
  );
}

function Fields({ choice, change }: { choice: DeliverChoice; change: (part: Partial<DeliverChoice>) => void }) {
  const isPull = choice.strategy === 'pull_request';
  return (
    <>
      <label className="field">
        <span>How</span>
        <select
          className="input"
          value={choice.strategy}
          onChange={(event) => change({ strategy: event.target.value as DeliverChoice['strategy'] })}
        >
          {strategies.map((one) => (
            <option key={one.value} value={one.value}>
              {one.words}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{isPull ? 'Into branch (empty: GitHub’s default)' : 'Into branch (empty: the one the project’s folder is on)'}</span>
        <input className="input mono" value={choice.into} onChange={(event) => change({ into: event.target.value })} spellCheck={false} />
      </label>
      <label className="field">
        <span>{isPull ? 'Title (empty: the item’s)' : 'First line of the commit (empty: made from the work)'}</span>
        <input className="input" value={choice.message} onChange={(event) => change({ message: event.target.value })} />
      </label>
      {isPull ? (
        <Box on={choice.draft} set={(draft) => change({ draft })}>
          As a draft
        </Box>
      ) : (
        <>
          <Box on={choice.verify} set={(verify) => change({ verify })}>
            Verify what comes of it first
          </Box>
          <Box on={choice.update_checkout} set={(update_checkout) => change({ update_checkout })}>
            Let a checkout of that branch follow
          </Box>
        </>
      )}
    </>
  );
}

function Box({ on, set, children }: { on: boolean; set: (on: boolean) => void; children: string }) {
  return (
    <label className="row">
      <input type="checkbox" checked={on} onChange={(event) => set(event.target.checked)} />
      {children}
    </label>
  );
}
