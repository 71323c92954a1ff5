import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { Bar } from '../parts/Bar';
import { State, Tag } from '../parts/State';
import { counted } from '../parts/numbers';
import { inPlainWords } from '../parts/text';
import { useUrlState } from '../parts/urlState';
import { groupBy } from './groups';
import type { PlanPhase, PlanShown, Unit } from './queries';

const gates: Record<PlanPhase['gate'], string> = {
  all_done: 'all done',
  all_merged: 'all done and merged',
  person: 'a person lets it go on',
};
const phaseStates: Record<PlanPhase['state'], string> = { waiting: 'queued', open: 'running', done: 'done' };
const phaseWords: Record<PlanPhase['state'], string> = { waiting: 'waits', open: 'open', done: 'done' };

/** Units drawn at once in one phase: a plan of thousands stays quick. */
const page = 100;
/** With more units than this, only the phase that is open is unfolded at first. */
const foldFrom = 200;

/** Phases with their gates, and in each its units with their steps. */
export function Units({ shown: { plan, items, critical_path: path } }: { shown: PlanShown }) {
  const [find, setFind] = useUrlState('find', '');
  const [text, setText] = useState(find);
  const critical = useMemo(() => new Set(path), [path]);
  const fits = useMemo(() => {
    const word = text.trim().toLowerCase();
    return word === '' ? items : items.filter((item) => `${item.foreign_id} ${item.title} ${item.status}`.toLowerCase().includes(word));
  }, [items, text]);
  const byPhase = useMemo(() => groupBy(fits, (item) => item.phase), [fits]);
  return (
    <div className="stack">
      {items.length > 15 && (
        <label className="field plan-find">
          <span>Find a unit by id, title or state</span>
          <input
            className="input"
            type="search"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setFind(event.target.value);
            }}
          />
        </label>
      )}
      {plan.phases.map((phase) => (
        <Phase
          key={phase.no}
          phase={phase}
          units={byPhase.get(phase.name) ?? []}
          critical={critical}
          isDraft={plan.status === 'draft'}
          openFirst={items.length <= foldFrom || phase.state === 'open' || text !== ''}
        />
      ))}
    </div>
  );
}

function Phase({
  phase,
  units,
  critical,
  openFirst,
  isDraft,
}: {
  phase: PlanPhase;
  units: readonly Unit[];
  critical: ReadonlySet<string>;
  openFirst: boolean;
  isDraft: boolean;
}) {
  const [open, setOpen] = useState(openFirst);
  const [most, setMost] = useState(page);
  return (
    <section className="panel plan-phase">
      <h3 className="row">
        <button type="button" className="plan-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> {phase.no}. {phase.name}
        </button>
        <State of={phaseStates[phase.state]} words={phaseWords[phase.state]} />
        <span className="quiet">
          {phase.decided} of {phase.total}
        </span>
        <Bar part={phase.decided} of={phase.total} label={`${phase.decided} of ${phase.total} of this phase done`} />
      </h3>
      <p className="quiet">
        Gate: {gates[phase.gate]}
        {phase.passed_by && `, let through by ${phase.passed_by}`}
      </p>
      {phase.held && !isDraft && <p className="state-warn">{phase.held}</p>}
      {open && (
        <ul className="plan-units">
          {units.slice(0, most).map((unit) => (
            <UnitRow key={unit.foreign_id} unit={unit} isCritical={critical.has(unit.foreign_id)} />
          ))}
        </ul>
      )}
      {open && units.length > most && (
        <button type="button" className="button" onClick={() => setMost(most + 2 * page)}>
          Show more ({units.length - most} left)
        </button>
      )}
    </section>
  );
}

function UnitRow({ unit, isCritical }: { unit: Unit; isCritical: boolean }) {
  const waits = [...unit.depends_on, ...unit.after.map((order) => order.foreign_id)];
  return (
    <li className="plan-unit">
      <div className="row">
        {unit.status ? <State of={unit.status} /> : <span className="quiet">not in the queue</span>}
        <code>{unit.foreign_id}</code>
        <span className="grow">{unit.id ? <Link href={`/app/items/${unit.id}`}>{unit.title}</Link> : unit.title}</span>
        {isCritical && (
          <Tag tone="busy" title="Nothing shortens the plan that does not shorten this.">
            longest way
          </Tag>
        )}
        {unit.optional && <Tag>optional</Tag>}
        {unit.gone && (
          <Tag tone="warn" title="The source does not name it any more.">
            not in the source
          </Tag>
        )}
        {unit.run_id && (
          <Link className="nowrap" href={`/app/runs/${unit.run_id}`}>
            run{unit.attempts > 1 ? ` (attempt ${unit.attempts})` : ''}
          </Link>
        )}
      </div>
      {unit.causes.map((cause, at) => (
        <p key={at} className="state-bad">
          {inPlainWords(cause.text)}
        </p>
      ))}
      {(waits.length > 0 || unit.writes.length > 0) && (
        <p className="quiet">
          {waits.length > 0 && (
            <>
              after{' '}
              {waits.map((id) => (
                <code key={id}>{id} </code>
              ))}
            </>
          )}
          {unit.writes.length > 0 && (
            <>
              writes{' '}
              {unit.writes.map((file) => (
                <code key={file}>{file} </code>
              ))}
            </>
          )}
        </p>
      )}
      {unit.after.map((order) => (
        <p key={order.foreign_id} className="quiet">
          Put after <code>{order.foreign_id}</code>: {order.why}
        </p>
      ))}
      {unit.steps.length > 0 && <Steps unit={unit} />}
    </li>
  );
}

const stepSigns = { open: '○', done: '✓', failed: '✕' } as const;

function Steps({ unit }: { unit: Unit }) {
  const done = unit.steps.filter((step) => step.state === 'done').length;
  const failed = unit.steps.filter((step) => step.state === 'failed').length;
  return (
    <details>
      <summary className="quiet">
        {done} of {counted(unit.steps.length, 'step')} done
        {failed > 0 && <span className="state-bad">, {failed} failed</span>}
      </summary>
      <ol className="plans-units">
        {unit.steps.map((step) => (
          <li key={step.id}>
            <span aria-hidden="true">{stepSigns[step.state]}</span>
            <span className="hidden-text">{step.state}: </span> <code>{step.id}</code> {step.title}
            {step.note && <span className="quiet"> {step.note}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}
