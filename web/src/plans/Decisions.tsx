import { useState } from 'react';
import { Link } from 'wouter';
import { send } from '../api/http';
import { inPlainWords } from '../parts/text';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';
import type { Decision, PlanShown } from './queries';

const meanings: Record<string, string> = {
  accept: 'its work is good as it is',
  retry: 'it goes on in its own workspace, with your note, or begins anew',
  skip: 'it is left out, what depends on it goes on',
  abort: 'the whole plan is called off',
  'go-on': 'the next phase opens',
};

/** What waits for a person in this plan, answered here; `past`: what was decided. */
export function Decisions({ shown, past = false }: { shown: PlanShown; past?: boolean }) {
  const rows = shown.decisions.filter((each) => (each.state === 'open') !== past);
  if (past)
    return rows.length === 0 ? (
      <p className="quiet">Nothing was decided yet.</p>
    ) : (
      <ul className="plans-list">
        {rows.map((each) => (
          <Decided key={each.id} of={each} />
        ))}
      </ul>
    );
  if (rows.length === 0) return null;
  return (
    <section className="stack-tight" aria-labelledby="decisions">
      <h2 id="decisions">For you to decide</h2>
      {rows.map((each) => (
        <Open key={each.id} of={each} plan={shown.plan.id} title={shown.items.find((item) => item.id === each.item_id)?.title} />
      ))}
    </section>
  );
}

function Open({ of, plan, title }: { of: Decision; plan: string; title: string | undefined }) {
  const [note, setNote] = useState('');
  const decide = useAct(
    (option: string) =>
      send('POST', `/plans/${plan}/decide`, {
        item: of.item_id,
        phase: of.item_id === null ? of.phase : null,
        option,
        note: note || null,
      }),
    {
      reads: ['plans', 'needs'],
      said: (_, option) => `Decided: ${option}.`,
    },
  );
  return (
    <article className="note state-warn stack-tight" aria-label={of.text}>
      <p>
        <strong>{inPlainWords(of.text)}</strong>{' '}
        <span className="quiet">
          <Ago at={of.created_at} />
        </span>
      </p>
      {of.item_id && (
        <p>
          <Link href={`/app/items/${of.item_id}`}>
            {of.foreign_id} {title}
          </Link>
        </p>
      )}
      {of.kind === 'review' && of.item_id && (
        <p>
          <Link className="button" href={`/app/items/${of.item_id}/review`}>
            Look at its review
          </Link>
        </p>
      )}
      {of.options.length > 0 && (
        <>
          <label className="field">
            <span>A note, which the agent reads (not needed)</span>
            <input className="input" value={note} onChange={(event) => setNote(event.target.value)} />
          </label>
          <div className="row">
            {of.options.map((option) => (
              <button
                key={option}
                type="button"
                className={option === 'abort' ? 'button button-bad' : 'button'}
                disabled={decide.isPending}
                title={meanings[option]}
                onClick={() => decide.mutate(option)}
              >
                {option.charAt(0).toUpperCase() + option.slice(1)}
              </button>
            ))}
          </div>
          <p className="quiet">{of.options.map((option) => `${option}: ${meanings[option] ?? ''}`).join('; ')}.</p>
        </>
      )}
    </article>
  );
}

function Decided({ of }: { of: Decision }) {
  return (
    <li className="plans-row">
      <span className="grow">{of.text}</span>
      <span>
        {of.state === 'gone' ? 'not needed any more' : `${of.choice} by ${of.decided_by}`}
        {of.note && `: ${of.note}`}
      </span>
      <span className="quiet">
        <Ago at={of.decided_at} />
      </span>
    </li>
  );
}
