import type { FormEvent } from 'react';
import type { Need } from '../api/types';
import { answer } from '../needs/answer';
import { Sheet } from '../parts/Sheet';

/** Asks for the reason of a no. */
export default function DenySheet({ need, onClose }: { need: Need; onClose: () => void }) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text') ?? '').trim();
    onClose();
    void answer([need], { decision: 'deny', ...(text ? { text } : {}) });
  };
  return (
    <Sheet
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Deny"
    >
      <form className="stack" onSubmit={submit}>
        <p>{need.title}</p>
        {need.command && (
          <pre className="need-command">
            <code>{need.command}</code>
          </pre>
        )}
        <label className="field">
          <span>Why not? The run is told.</span>
          <textarea className="input" name="text" rows={3} autoFocus />
        </label>
        <div className="row">
          <span className="grow" />
          <button type="submit" className="button button-bad">
            Deny
          </button>
        </div>
      </form>
    </Sheet>
  );
}
