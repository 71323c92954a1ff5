import { useState } from 'react';
import { send, wordsOf } from '../api/http';
import { useAct } from '../parts/useAct';
import type { DayLimit } from './queries';

/** Allows more for the rest of the day; what waited for it starts. */
export function RaiseForm({ limits }: { limits: readonly DayLimit[] }) {
  const [which, setWhich] = useState(0);
  const [more, setMore] = useState('');
  const limit = limits[which] ?? limits[0];
  const raise = useAct(
    (by: number) => send('POST', '/usage/raise', { project: limit?.project ?? null, [limit?.unit === 'tokens' ? 'tokens' : 'usd']: by }),
    {
      reads: ['usage', 'queue'],
      said: () => 'More is allowed for today. What waited for it starts.',
      done: () => setMore(''),
      showsProblem: true,
    },
  );
  if (!limit) return null;
  const value = Number(more);
  const isGood = more !== '' && Number.isFinite(value) && value > 0 && (limit.unit === 'usd' || Number.isInteger(value));
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) raise.mutate(value);
      }}
    >
      <label className="row">
        Allow more today for
        <select className="input usage-short" value={which} onChange={(event) => setWhich(Number(event.target.value))}>
          {limits.map((each, at) => (
            <option key={at} value={at}>
              {each.project ?? 'all projects'}, {each.unit === 'usd' ? 'dollars' : 'tokens'}
            </option>
          ))}
        </select>
      </label>
      <label className="row">
        <span>{limit.unit === 'usd' ? 'dollars' : 'tokens'}</span>
        <input className="input usage-number" inputMode="decimal" value={more} onChange={(event) => setMore(event.target.value)} />
      </label>
      <button type="submit" className="button" disabled={!isGood || raise.isPending}>
        Raise
      </button>
      {raise.error && (
        <span role="alert" className="state-bad">
          {wordsOf(raise.error)}
        </span>
      )}
    </form>
  );
}
