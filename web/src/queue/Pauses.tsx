import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../api/http';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';
import { nextQuery } from './queries';

interface Which {
  project: string | null;
  note?: string;
}

/** Pausing and going on, of one project or of everything; each takes the other back. */
export function usePause() {
  const named = (which: Which): string => which.project ?? 'Everything';
  const go = useAct((which: Which) => send('POST', '/queue/unpause', { project: which.project }), {
    reads: ['queue'],
    said: (_, which) => `${named(which)} goes on.`,
    undo: (_, which) => hold.mutate(which),
  });
  const hold = useAct((which: Which) => send('POST', '/queue/pause', { project: which.project, note: which.note || null }), {
    reads: ['queue'],
    said: (_, which) => `${named(which)} is paused: nothing new starts, what is at work goes on.`,
    undo: (_, which) => go.mutate(which),
  });
  return { hold, go };
}

/** The pauses that are on, with their way out; and pausing everything. */
export function Pauses() {
  const paused = useQuery(nextQuery).data?.paused ?? [];
  const [note, setNote] = useState('');
  const { hold, go } = usePause();
  const isAllPaused = paused.some((each) => each.project === null);
  return (
    <section aria-label="Pauses" className="stack-tight">
      {paused.map((each) => (
        <div key={each.project ?? ''} className="note state-warn row">
          <span className="grow">
            <strong>{each.project ? `${each.project} is paused` : 'Everything is paused'}</strong> by {each.by}, <Ago at={each.since} />
            {each.note && <>: {each.note}</>}
          </span>
          <button type="button" className="button" onClick={() => go.mutate({ project: each.project, note: each.note ?? '' })}>
            Resume
          </button>
        </div>
      ))}
      {!isAllPaused && (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            hold.mutate({ project: null, note });
            setNote('');
          }}
        >
          <label className="grow queue-note">
            <span className="hidden-text">Why it is paused</span>
            <input className="input" value={note} onChange={(event) => setNote(event.target.value)} placeholder="Why (not needed)" />
          </label>
          <button type="submit" className="button">
            Pause everything
          </button>
        </form>
      )}
    </section>
  );
}
