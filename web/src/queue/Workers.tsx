import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Got } from '../api/answer';
import { Empty, Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { Table } from '../parts/Table';
import { Ago, lengthOf, useNow } from '../parts/Time';
import { cleanLine } from '../parts/text';
import { nextQuery, workersQuery } from './queries';

type Worker = Got<'/api/agents'>['agents'][number];
type Lease = Got<'/queue/next'>['leases'][number];

/** Workers that are programs elsewhere, with their signs of life; and items that somebody holds by a lease. */
export function Workers() {
  const workers = useQuery(workersQuery);
  const leases = useQuery(nextQuery).data?.leases ?? [];
  return (
    <div className="stack">
      <Reading of={workers}>
        {({ agents }) =>
          agents.length === 0 && leases.length === 0 ? (
            <Empty>
              No worker has told of itself. <code>agentctl claim --agent NAME</code> takes an item for one.
            </Empty>
          ) : (
            <Table label="Workers" isCaptioned heads={['Worker', 'State', 'Last sign of life', 'Items']}>
              {agents.map((agent) => (
                <WorkerRow key={agent.agentId} of={agent} />
              ))}
            </Table>
          )
        }
      </Reading>
      {leases.length > 0 && (
        <Table label="Leases" isCaptioned heads={['Item', 'Held by', 'How', 'Since', 'Until']}>
          {leases.map((lease) => (
            <LeaseRow key={lease.item_id} of={lease} />
          ))}
        </Table>
      )}
    </div>
  );
}

function WorkerRow({ of }: { of: Worker }) {
  return (
    <tr>
      <th scope="row">{cleanLine(of.agentId)}</th>
      <td>
        <State of={of.status} />
      </td>
      <td>
        <Ago at={of.lastSeenAt} />
      </td>
      <td>
        {of.itemIds.map((id) => (
          <Link key={id} href={`/app/items/${id}`}>
            <code>{id.slice(0, 8)}</code>{' '}
          </Link>
        ))}
      </td>
    </tr>
  );
}

function LeaseRow({ of }: { of: Lease }) {
  const now = useNow();
  const until = (expires: string): string =>
    Date.parse(expires) < now ? 'over; it is given back' : `in ${lengthOf(Date.parse(expires) - now)}`;
  return (
    <tr>
      <th scope="row">
        <Link href={`/app/items/${of.item_id}`}>{cleanLine(of.title)}</Link>
      </th>
      <td>{cleanLine(of.agent_id)}</td>
      <td>{of.mode}</td>
      <td>
        <Ago at={of.taken_at} />
      </td>
      <td>{of.expires_at === null ? 'its answer' : until(of.expires_at)}</td>
    </tr>
  );
}
