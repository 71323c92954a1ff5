import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { send } from '../api/http';
import { tell } from '../app/toasts';
import { counted } from '../parts/numbers';
import { useAct } from '../parts/useAct';
import { changesBetween, type Changes } from './changes';
import { FindingList } from './FindingList';
import { Refusal } from './importForms';
import type { Tried } from './ImportSheet';
import { planQuery, type Imported, type Unit } from './queries';

/** What would come of an import, before anything is stored: its units, its findings and, of a plan that is there, what changes. */
export function ImportPreview({ tried, onBack, onDone }: { tried: Tried; onBack: () => void; onDone: () => void }) {
  const [, go] = useLocation();
  const { items, findings, updates } = tried.answer;
  const take = useAct(() => send<Imported>('POST', tried.order.path, tried.order.body), {
    reads: ['plans'],
    showsProblem: true,
    done: (answer) => {
      tell(updates ? 'The plan is up to date.' : 'The plan is there. Nothing of it runs before you consent.');
      onDone();
      if (answer.plan) go(`/app/plans/${answer.plan.id}?tab=${answer.findings.length > 0 ? 'findings' : 'units'}`);
    },
  });
  const phases = [...new Set(items.map((item) => item.phase))];
  return (
    <div className="stack">
      <p>
        <strong>{tried.order.name}</strong>: {counted(items.length, 'unit')} in {counted(phases.length, 'phase')}. Nothing is stored yet.
      </p>
      {updates && <WhatChanges plan={updates} after={items} />}
      <h3>Findings</h3>
      <FindingList findings={findings} />
      <h3>Units</h3>
      <UnitOverview phases={phases} items={items} />
      <Refusal error={take.error} />
      <div className="row plans-foot">
        <button type="button" className="button button-main" disabled={take.isPending} onClick={() => take.mutate(undefined)}>
          {updates ? 'Bring the plan up to date' : 'Make the plan'}
        </button>
        <button type="button" className="button" onClick={onBack}>
          Back
        </button>
      </div>
    </div>
  );
}

function UnitOverview({ phases, items }: { phases: readonly string[]; items: readonly Unit[] }) {
  return (
    <>
      {phases.map((phase) => {
        const inside = items.filter((item) => item.phase === phase);
        return (
          <details key={phase} open={items.length <= 30}>
            <summary>
              {phase} <span className="quiet">({inside.length})</span>
            </summary>
            <ul className="plans-units">
              {inside.slice(0, 100).map((item) => (
                <li key={item.foreign_id}>
                  <code>{item.foreign_id}</code> {item.title}{' '}
                  <span className="quiet">
                    {item.depends_on.length > 0 && `after ${item.depends_on.join(', ')}`}
                    {item.optional && ' · optional'}
                    {item.steps.length > 0 && ` · ${counted(item.steps.length, 'step')}`}
                    {item.status && ` · ${item.status}`}
                  </span>
                </li>
              ))}
              {inside.length > 100 && <li className="quiet">and {inside.length - 100} more</li>}
            </ul>
          </details>
        );
      })}
    </>
  );
}

function WhatChanges({ plan, after }: { plan: string; after: readonly Unit[] }) {
  const before = useQuery(planQuery(plan)).data;
  if (!before) return <p className="quiet">It changes a plan that is there …</p>;
  const changes = changesBetween(before.items, after);
  return (
    <section className="note state-busy stack-tight" aria-label="What changes">
      <p>
        It changes the plan <strong>{before.plan.title}</strong> (#{before.plan.number}). Nothing that was done or begun is taken back.
      </p>
      <ChangeList changes={changes} />
    </section>
  );
}

const some = (ids: readonly string[]): string => ids.slice(0, 20).join(', ') + (ids.length > 20 ? ` and ${ids.length - 20} more` : '');

export function ChangeList({ changes }: { changes: Changes }) {
  const { added, changed, gone } = changes;
  if (added.length + changed.length + gone.length === 0) return <p>Nothing is different.</p>;
  return (
    <ul>
      {added.length > 0 && (
        <li>
          {counted(added.length, 'new unit')}: {some(added.map((unit) => unit.foreign_id))}
        </li>
      )}
      {changed.slice(0, 20).map(({ unit, what }) => (
        <li key={unit.foreign_id}>
          <code>{unit.foreign_id}</code> has another {what.join(', ')}
        </li>
      ))}
      {changed.length > 20 && <li>{changed.length - 20} more are different</li>}
      {gone.length > 0 && (
        <li>
          {counted(gone.length, 'unit')} not named any more, and kept: {some(gone.map((unit) => unit.foreign_id))}
        </li>
      )}
    </ul>
  );
}
