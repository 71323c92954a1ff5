import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { send } from '../api/http';
import { Empty, Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';
import { deliveriesQuery } from './queries';

const words: Record<string, string> = {
  waiting: 'waits its turn',
  integrating: 'is put together',
  verifying: 'is verified',
  landing: 'is moved',
  publishing: 'is published',
  open: 'pull request open',
};

/** Only http and https: what an address of a pull request may be. */
export const isWebAddress = (text: string | null | undefined): text is string => /^https?:\/\//.test(text ?? '');

/** What is on its way to a branch, oldest at the end. */
export function DeliveriesInLine() {
  const deliveries = useQuery(deliveriesQuery);
  const cancel = useAct((id: string) => send('POST', `/deliveries/${id}/cancel`), {
    reads: ['deliveries'],
    said: () => 'Called off; its branch was not moved.',
  });
  return (
    <Reading of={deliveries}>
      {({ deliveries: rows }) =>
        rows.length === 0 ? (
          <Empty>Nothing is on its way to a branch.</Empty>
        ) : (
          <ul className="plans-list">
            {rows.map((each) => (
              <li key={each.id} className="plans-row">
                <State of={each.state} words={words[each.state]} />
                <span className="grow">
                  <code>{each.source_branch ?? each.source_commit.slice(0, 10)}</code> → <code>{each.into}</code> by{' '}
                  {each.strategy.replaceAll('_', ' ')}
                  {each.project && <span className="quiet"> · {each.project}</span>}
                  {each.error && <span className="state-bad"> {each.error}</span>}
                </span>
                {each.item_id && <Link href={`/app/items/${each.item_id}`}>item</Link>}
                {isWebAddress(each.pull_request?.url) && (
                  <a href={each.pull_request.url} rel="noopener noreferrer" target="_blank">
                    #{each.pull_request.number}
                  </a>
                )}
                <span className="quiet">
                  <Ago at={each.created_at} />
                </span>
                {each.state !== 'landing' && (
                  <button type="button" className="button button-small" onClick={() => cancel.mutate(each.id)}>
                    Call off
                  </button>
                )}
              </li>
            ))}
          </ul>
        )
      }
    </Reading>
  );
}
