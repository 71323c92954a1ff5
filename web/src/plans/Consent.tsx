import { useState } from 'react';
import { send } from '../api/http';
import { counted, money } from '../parts/numbers';
import { useAct } from '../parts/useAct';
import type { PlanShown } from './queries';

/** What will run and what it may cost, before anything does. */
export function Consent({ shown: { plan, items, estimate, critical_path: path } }: { shown: PlanShown }) {
  const optional = items.filter((item) => item.optional).length;
  const [withOptional, setWithOptional] = useState(false);
  const start = useAct(() => send('POST', `/plans/${plan.id}/start`, { optional: withOptional || null }), {
    reads: ['plans'],
    said: () => 'It runs: its units start as their phases open.',
  });
  const open = items.filter((item) => !item.optional && !['done', 'skipped', 'canceled'].includes(item.status ?? ''));
  return (
    <section className="panel stack-tight plan-consent" aria-labelledby="consent">
      <h2 id="consent">Nothing runs before you consent</h2>
      <ul className="plans-units">
        <li>
          {counted(open.length + (withOptional ? optional : 0), 'unit')} in {counted(plan.phases.length, 'phase')}, each one agent's run or
          more,
          {plan.project ? (
            <>
              {' '}
              in <strong>{plan.project}</strong>
            </>
          ) : (
            ' each in an empty folder of its own: the plan has no project'
          )}
          .
        </li>
        {path.length > 1 && <li>The longest way through it has {path.length} units one after the other.</li>}
        <li>
          {estimate.known && estimate.cost_usd !== null ? (
            <>
              About <strong>{money(estimate.cost_usd, true)}</strong>
              {estimate.minutes_of_work !== null && <> and {Math.round(estimate.minutes_of_work)} minutes of work</>}: an estimate from{' '}
              {estimate.from_items} items of this project.
            </>
          ) : (
            estimate.text
          )}
        </li>
        {plan.phases.some((phase) => phase.gate === 'person') && <li>It stops at gates where a person is asked.</li>}
      </ul>
      {optional > 0 && (
        <label className="row">
          <input type="checkbox" checked={withOptional} onChange={(event) => setWithOptional(event.target.checked)} />
          also what is optional ({counted(optional, 'unit')}); others then wait for it
        </label>
      )}
      <div>
        <button
          type="button"
          className="button button-main"
          disabled={start.isPending || plan.total === 0}
          onClick={() => start.mutate(undefined)}
        >
          Start the plan
        </button>
      </div>
    </section>
  );
}
