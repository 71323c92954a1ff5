import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { send } from '../api/http';
import { State } from '../parts/State';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';
import { FindingList } from './FindingList';
import { wishesQuery, type Wish } from './queries';

/** Wishes that are being planned or failed: those that became plans stand among the plans. */
export function WishList() {
  const wishes = useQuery(wishesQuery).data?.wishes.filter((wish) => wish.status !== 'planned') ?? [];
  if (wishes.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="wishes">
      <h2 id="wishes">Wishes</h2>
      <ul className="plans-list">
        {wishes.map((wish) => (
          <WishRow key={wish.id} wish={wish} />
        ))}
      </ul>
    </section>
  );
}

function WishRow({ wish }: { wish: Wish }) {
  const [note, setNote] = useState('');
  const again = useAct(() => send('POST', `/wishes/${wish.id}/retry`, { note: note || null }), {
    said: () => 'It is planned once more.',
    reads: ['wishes'],
  });
  const findings = wish.findings ?? [];
  return (
    <li className="plans-row plans-row-tall">
      <State of={wish.status ?? 'planning'} />
      <div className="grow stack-tight">
        <span>{wish.text}</span>
        <span className="quiet">
          {wish.project ?? 'no project'} · <Link href={`/app/runs/${wish.run_id}`}>the run that plans it</Link> ·{' '}
          <Ago at={wish.created_at} />
        </span>
        {wish.problem && <p className="state-bad">{wish.problem}</p>}
        {findings.length > 0 && <FindingList findings={findings} />}
        {wish.status === 'failed' && (
          <form
            className="row"
            onSubmit={(event) => {
              event.preventDefault();
              again.mutate(undefined);
            }}
          >
            <label className="grow">
              <span className="hidden-text">What the planner should know</span>
              <input
                className="input"
                value={note}
                onChange={(event) => setNote(event.target.value)}
                placeholder="What the planner should know"
              />
            </label>
            <button type="submit" className="button" disabled={again.isPending}>
              Plan it again
            </button>
          </form>
        )}
      </div>
    </li>
  );
}
