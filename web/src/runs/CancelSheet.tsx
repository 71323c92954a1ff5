import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../api/http';
import type { Run } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { counted } from '../parts/numbers';
import { Sheet } from '../parts/Sheet';
import { isOpen } from './filters';
import { childrenQuery } from './queries';

/** Asks for a reason, and says what a cancel takes along. */
export function CancelSheet({ run, close }: { run: Run; close: () => void }) {
  const children = (useQuery(childrenQuery(run.id)).data ?? []).filter((child) => isOpen(child.status)).length;
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () => send('POST', `/runs/${run.id}/cancel`, reason.trim() ? { reason: reason.trim() } : {}),
    onSuccess: () => {
      tell('The run is being stopped.');
      close();
    },
    onError: tellProblem,
  });
  return (
    <Sheet open onOpenChange={close} title="Cancel this run?">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          cancel.mutate();
        }}
      >
        <p>
          {run.status === 'queued'
            ? 'It leaves the queue and never starts.'
            : 'Its agent is asked to stop, and is ended when it does not. What it changed stays in its workspace, and in a snapshot.'}
          {children > 0 && ` Canceled with it: ${counted(children, 'child', 'children')} of it still at work.`}
          {run.item_id && ' Its item says that its run was canceled.'}
        </p>
        <label className="field">
          <span>Reason (kept with the run)</span>
          <input className="input" value={reason} onChange={(event) => setReason(event.target.value)} autoFocus />
        </label>
        <p className="row">
          <button type="submit" className="button button-bad" disabled={cancel.isPending}>
            Cancel the run
          </button>
          <button type="button" className="button" onClick={close}>
            Let it go on
          </button>
        </p>
      </form>
    </Sheet>
  );
}
