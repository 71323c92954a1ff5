import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { Tabs } from '../parts/Tabs';
import { BudgetBars } from '../usage/BudgetBars';
import { DeliveriesInLine } from './Deliveries';
import { NextUp } from './NextUp';
import { Pauses } from './Pauses';
import { Projects } from './Projects';
import { Providers } from './Providers';
import { statsQuery } from './queries';
import { Workers } from './Workers';
import { Worktrees } from './Worktrees';
import './queue.css';
import { statusQuery } from '../api/shared';

const order = ['inbox', 'planning', 'ready', 'in_flight', 'review', 'blocked', 'failed', 'done', 'skipped', 'canceled'] as const;

/** How much waits, what starts next and what holds it, who works, and what is held back. */
export default function QueuePage() {
  return (
    <div className="stack queue">
      <h1>Queue and workers</h1>
      <Depth />
      <Pauses />
      <Providers />
      <Tabs
        label="Parts of the queue"
        tabs={[
          { id: 'next', title: 'Next', view: () => <NextUp /> },
          { id: 'projects', title: 'Projects', view: () => <Projects /> },
          { id: 'workers', title: 'Outside workers', view: () => <Workers /> },
          { id: 'deliveries', title: 'Deliveries', view: () => <DeliveriesInLine /> },
          { id: 'worktrees', title: 'Worktrees', view: () => <Worktrees /> },
        ]}
      />
    </div>
  );
}

function Depth() {
  const stats = useQuery(statsQuery);
  const status = useQuery(statusQuery);
  return (
    <div className="queue-facts">
      <section className="panel" aria-labelledby="queue-items">
        <h2 id="queue-items">Items</h2>
        <Reading of={stats}>
          {({ by_status: counts, total }) => (
            <ul className="queue-counts">
              {order
                .filter((each) => counts[each] > 0)
                .map((each) => (
                  <li key={each}>
                    <State of={each} /> <strong>{counts[each]}</strong>
                  </li>
                ))}
              <li className="quiet">{total} in all</li>
            </ul>
          )}
        </Reading>
      </section>
      <section className="panel" aria-labelledby="queue-runs">
        <h2 id="queue-runs">Runs</h2>
        <Reading of={status}>
          {({ queue_counts: counts, max_concurrency: slots, daemon_health: health, reasons }) => (
            <ul className="queue-counts">
              <li>
                <Link href="/app/runs?status=running">
                  <State of="running" />
                </Link>{' '}
                <strong>{counts.running_count}</strong> of {slots} slots
              </li>
              <li>
                <State of="queued" /> <strong>{counts.queued_count}</strong>
              </li>
              <li>
                <State of="waiting" /> <strong>{counts.waiting_count}</strong>
              </li>
              {health !== 'ok' && (
                <li>
                  <State of={health} words={`daemon ${health}`} />: {reasons.join(' ')}
                </li>
              )}
            </ul>
          )}
        </Reading>
      </section>
      <section className="panel" aria-labelledby="queue-budget">
        <h2 id="queue-budget">Budget of the day</h2>
        <Reading of={status}>{({ usage_today: today }) => <BudgetBars limits={today.limits} usedUsd={today.cost_usd} />}</Reading>
      </section>
    </div>
  );
}
