import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Empty, Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { Ago, lengthOf, useNow } from '../parts/Time';
import { nextQuery, workersQuery } from './queries';

/** Workers that are programs elsewhere, with their signs of life; and items that somebody holds by a lease. */
export function Workers() {
  const workers = useQuery(workersQuery);
  const leases = useQuery(nextQuery).data?.leases ?? [];
  const now = useNow();
  return (
    <div className="stack">
      <Reading of={workers}>
        {({ agents }) =>
          agents.length === 0 && leases.length === 0 ? (
            <Empty>
              No worker has told of itself. <code>agentctl claim --agent NAME</code> takes an item for one.
            </Empty>
          ) : (
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Workers">
              <table className="table">
                <caption>Workers</caption>
                <thead>
                  <tr>
                    <th scope="col">Worker</th>
                    <th scope="col">State</th>
                    <th scope="col">Last sign of life</th>
                    <th scope="col">Items</th>
                  </tr>
                </thead>
                <tbody>
                  {agents.map((agent) => (
                    <tr key={agent.agentId}>
                      <th scope="row">{agent.agentId}</th>
                      <td>
                        <State of={agent.status} />
                      </td>
                      <td>
                        <Ago at={agent.lastSeenAt} />
                      </td>
                      <td>
                        {agent.itemIds.map((id) => (
                          <Link key={id} href={`/app/items/${id}`}>
                            <code>{id.slice(0, 8)}</code>{' '}
                          </Link>
                        ))}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Reading>
      {leases.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Leases">
          <table className="table">
            <caption>Leases</caption>
            <thead>
              <tr>
                <th scope="col">Item</th>
                <th scope="col">Held by</th>
                <th scope="col">How</th>
                <th scope="col">Since</th>
                <th scope="col">Until</th>
              </tr>
            </thead>
            <tbody>
              {leases.map((lease) => (
                <tr key={lease.item_id}>
                  <th scope="row">
                    <Link href={`/app/items/${lease.item_id}`}>{lease.title}</Link>
                  </th>
                  <td>{lease.agent_id}</td>
                  <td>{lease.mode}</td>
                  <td>
                    <Ago at={lease.taken_at} />
                  </td>
                  <td>
                    {lease.expires_at === null
                      ? 'its answer'
                      : Date.parse(lease.expires_at) < now
                        ? 'over; it is given back'
                        : `in ${lengthOf(Date.parse(lease.expires_at) - now)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
