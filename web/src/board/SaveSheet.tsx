import type { FormEvent } from 'react';
import { Sheet } from '../parts/Sheet';
import { saveView } from './views';

/** Asks for the name of a view that is kept in this browser. */
export default function SaveSheet({ onClose, search }: { onClose: () => void; search: string }) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    if (name !== '') saveView({ name, search });
    onClose();
  };
  return (
    <Sheet
      open
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      title="Save this view"
    >
      <form className="stack" onSubmit={submit}>
        <label className="field">
          <span>Name (kept in this browser)</span>
          <input className="input" name="name" required autoFocus />
        </label>
        <div className="row">
          <span className="grow mono quiet">?{search}</span>
          <button type="submit" className="button button-main">
            Save
          </button>
        </div>
      </form>
    </Sheet>
  );
}
