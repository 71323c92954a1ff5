import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { later } from '../app/later';
import { useParams } from 'wouter';
import { useCommands } from '../app/commands';
import { Markdown } from '../parts/Markdown';
import { Reading } from '../parts/Reading';
import { Tabs } from '../parts/Tabs';
import { Table } from '../parts/Table';
import { Consent } from './Consent';
import { Decisions } from './Decisions';
import { FindingList } from './FindingList';
import { ImportSheet } from './ImportSheet';
import { PlanHead } from './PlanHead';
import { exportQuery, planQuery, whyQuery, type PlanShown } from './queries';
import { SimulationView } from './SimulationView';
import { Units } from './Units';
import './plans.css';

// Its layout is a library of its own, wanted only by who looks at the picture.
const GraphView = later(() => import('./GraphView'), 'Drawing …');

/** One plan: what waits for a person first, then its units, its graph, why it is where it is, and what would run when. */
export default function PlanPage() {
  const { id } = useParams<{ id: string }>();
  const plan = useQuery(planQuery(id));
  return <Reading of={plan}>{(shown) => <PlanView shown={shown} />}</Reading>;
}

function PlanView({ shown }: { shown: PlanShown }) {
  const [again, setAgain] = useState(false);
  const { plan } = shown;
  useCommands(
    useMemo(() => [{ id: 'plan.again', title: 'Import this plan again', group: 'Plan', keys: 'i', run: () => setAgain(true) }], []),
  );
  const tabs = [
    { id: 'units', title: 'Units', count: plan.total, view: () => <Units shown={shown} /> },
    {
      id: 'graph',
      title: 'Graph',
      view: () => <GraphView shown={shown} />,
    },
    { id: 'why', title: 'Why', view: () => <WhyView id={plan.id} /> },
    { id: 'simulation', title: 'Simulation', view: () => <SimulationView shown={shown} /> },
    { id: 'pulse', title: 'Pulse', view: () => <Pulse id={plan.id} /> },
    { id: 'findings', title: 'Findings', count: shown.findings.length, view: () => <FindingList findings={shown.findings} /> },
    {
      id: 'decided',
      title: 'Decided',
      count: shown.decisions.filter((each) => each.state !== 'open').length,
      view: () => <Decisions shown={shown} past />,
    },
  ];
  return (
    <div className="stack plan">
      <PlanHead shown={shown} onImport={() => setAgain(true)} />
      <Decisions shown={shown} />
      {plan.status === 'draft' && <Consent shown={shown} />}
      <Tabs label="Parts of the plan" tabs={tabs} />
      <ImportSheet start={again ? 'document' : null} plan={plan} onClose={() => setAgain(false)} />
    </div>
  );
}

function WhyView({ id }: { id: string }) {
  const why = useQuery(whyQuery(id));
  return (
    <Reading of={why}>
      {({ text, items }) => (
        <div className="stack">
          {text.map((line, at) => (
            <p key={at}>{line}</p>
          ))}
          {items.length > 0 && (
            <Table label="What each open unit waits for" heads={['Unit', 'Is', 'Waits for']}>
              {items.map((item) => (
                <tr key={item.item_id}>
                  <th scope="row">
                    <a href={`/app/items/${item.item_id}`}>
                      <code>{item.foreign_id}</code>
                    </a>
                  </th>
                  <td className="nowrap">{item.status.replaceAll('_', ' ')}</td>
                  <td>
                    {item.causes.length === 0 ? (
                      'nothing: it may start'
                    ) : (
                      <ul className="plans-units">
                        {item.causes.map((cause, at) => (
                          <li key={at}>{cause.text}</li>
                        ))}
                      </ul>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </div>
      )}
    </Reading>
  );
}

function Pulse({ id }: { id: string }) {
  const pulse = useQuery(exportQuery(id, 'pulse'));
  return (
    <Reading of={pulse}>
      {(text) => (
        <div className="plan-pulse">
          <Markdown text={text} under={1} />
        </div>
      )}
    </Reading>
  );
}
