import { useId, useState } from 'react';
import { send, wordsOf } from '../api/http';
import { useAct } from '../parts/useAct';

/** Sets one key of the user's file. What would not hold is refused with its reason, in place; nothing is written then. */
export function SettingForm({ settingKey, value, onDone }: { settingKey: string | null; value: string; onDone?: () => void }) {
  const [key, setKey] = useState(settingKey ?? '');
  const [text, setText] = useState(value);
  const id = useId();
  const set = useAct(() => send('POST', '/config', { key: key.trim(), value: text }), {
    reads: ['config', 'profiles', 'projects'],
    said: () => `${key} is set, and holds at once.`,
    showsProblem: true,
    done: () => onDone?.(),
  });
  return (
    <form
      className="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(undefined);
      }}
    >
      <div className="row">
        {settingKey === null && (
          <label className="field grow">
            <span>Key</span>
            <input
              className="input mono"
              value={key}
              onChange={(event) => setKey(event.target.value)}
              placeholder="limits.max_concurrency"
              autoCapitalize="off"
              spellCheck={false}
            />
          </label>
        )}
        <label className="field grow">
          <span>{settingKey === null ? 'Value, as in the file' : `Value of ${settingKey}, as in the file`}</span>
          <input
            className="input mono"
            value={text}
            onChange={(event) => setText(event.target.value)}
            aria-invalid={set.isError}
            aria-describedby={id}
            spellCheck={false}
          />
        </label>
        <button type="submit" className="button" disabled={key.trim() === '' || set.isPending}>
          Set
        </button>
        {onDone && (
          <button type="button" className="button" onClick={onDone}>
            Leave it
          </button>
        )}
      </div>
      <p id={id} role={set.isError ? 'alert' : undefined} className="state-bad">
        {set.isError ? wordsOf(set.error) : ''}
      </p>
    </form>
  );
}
