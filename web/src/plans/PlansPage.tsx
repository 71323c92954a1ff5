import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { tellProblem } from '../app/toasts';
import { useCommands } from '../app/commands';
import { Bar } from '../parts/Bar';
import { Empty, Reading } from '../parts/Reading';
import { State, Tag } from '../parts/State';
import { Ago } from '../parts/Time';
import { counted } from '../parts/numbers';
import { useUrlState } from '../parts/urlState';
import { ImportSheet } from './ImportSheet';
import { plansQuery, type Plan } from './queries';
import { ofDrop, readSource, type Source } from './sources';
import { WishList } from './WishList';
import './plans.css';

/** Every plan with how far it is and what waits for a person; documents are dropped anywhere on the page. */
export default function PlansPage() {
  const plans = useQuery(plansQuery);
  const [sheet, setSheet] = useState<'document' | 'wish' | null>(null);
  const [dropped, setDropped] = useState<Source | null>(null);
  const commands = useMemo(
    () => [
      { id: 'plans.import', title: 'Import a plan', group: 'Plans', keys: 'n', run: () => setSheet('document') },
      { id: 'plans.wish', title: 'Make a plan of a wish', group: 'Plans', keys: 'w', run: () => setSheet('wish') },
    ],
    [],
  );
  useCommands(commands);
  const drop = useDropTarget((source) => {
    setDropped(source);
    setSheet('document');
  });
  return (
    <div className="stack plans" data-over={drop.over || undefined} {...drop.handlers}>
      <header className="row">
        <h1 className="grow">Plans</h1>
        <button type="button" className="button" onClick={() => setSheet('wish')}>
          From a wish …
        </button>
        <button type="button" className="button button-main" onClick={() => setSheet('document')}>
          Import …
        </button>
      </header>
      <WishList />
      <Reading of={plans}>{({ plans: rows }) => <PlanList plans={rows} />}</Reading>
      {drop.over && (
        <p className="plans-drop" role="status">
          Drop it: a manifest, a spec folder, a state file, or a text of tasks.
        </p>
      )}
      <ImportSheet
        start={sheet}
        dropped={dropped}
        onClose={() => {
          setSheet(null);
          setDropped(null);
        }}
      />
    </div>
  );
}

function useDropTarget(onSource: (source: Source) => void) {
  const [over, setOver] = useState(false);
  const handlers = {
    onDragOver: (event: React.DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: React.DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: React.DragEvent) => {
      event.preventDefault();
      setOver(false);
      void ofDrop(event.dataTransfer).then(readSource).then(onSource, tellProblem);
    },
  };
  return { over, handlers };
}

const isOver = (plan: Plan): boolean => ['completed', 'canceled', 'failed'].includes(plan.status ?? '');

function PlanList({ plans }: { plans: readonly Plan[] }) {
  const [shown, show] = useUrlState('show', 'open');
  const rows = plans.filter((plan) => shown === 'all' || !isOver(plan));
  if (plans.length === 0) return <NoPlans />;
  return (
    <section className="stack" aria-labelledby="plans-all">
      <div className="row">
        <h2 id="plans-all" className="grow">
          {counted(rows.length, shown === 'all' ? 'plan' : 'open plan')}
        </h2>
        <label className="row">
          <input type="checkbox" checked={shown === 'all'} onChange={(event) => show(event.target.checked ? 'all' : 'open')} />
          also those that are over ({plans.filter(isOver).length})
        </label>
      </div>
      <ul className="plans-list">
        {rows.map((plan) => (
          <PlanRow key={plan.id} plan={plan} />
        ))}
      </ul>
      {rows.length === 0 && <p className="quiet">Every plan is over.</p>}
    </section>
  );
}

function PlanRow({ plan }: { plan: Plan }) {
  const open = plan.decisions.filter((decision) => decision.state === 'open').length;
  const phase = plan.phases.find((each) => each.state === 'open');
  return (
    <li className="plans-row">
      <State of={plan.status ?? 'draft'} />
      <div className="grow stack-tight">
        <Link href={`/app/plans/${plan.id}`} className="plans-title">
          {plan.title}
        </Link>
        <span className="quiet">
          #{plan.number} · {plan.project ?? 'no project'} · {plan.source_kind}
          {phase ? ` · ${phase.name}` : ''}
        </span>
      </div>
      {open > 0 && <Tag tone="warn">{counted(open, 'decision')} for you</Tag>}
      <span className="row nowrap">
        <Bar part={plan.decided} of={plan.total} label={`${plan.decided} of ${plan.total} done`} />
        {plan.decided}/{plan.total}
      </span>
      <span className="quiet">
        <Ago at={plan.updated_at} />
      </span>
    </li>
  );
}

function NoPlans() {
  return (
    <Empty>
      <p>A plan is a document that says what is to be done: it becomes items in phases, and nothing runs before you consent.</p>
      <p>Drop a file or the folder of a spec here, import the issues of a repository, or say in your own words what you want.</p>
    </Empty>
  );
}
