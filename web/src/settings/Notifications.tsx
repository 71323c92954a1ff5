import { useQuery } from '@tanstack/react-query';
import type { Posted } from '../api/answer';
import { send } from '../api/http';
import { Empty, Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';
import { notificationsQuery } from './queries';

type Tested = Posted<'/notifications/test'>;

/** Who is told of what over which channel, how far each has come, and whether it works. */
export default function Notifications() {
  const rules = useQuery(notificationsQuery);
  const test = useAct((rule: string | null) => send<Tested>('POST', '/notifications/test', { rule }), { reads: ['notifications'] });
  return (
    <>
      <p className="quiet">
        Rules stand under <code>notifications</code> in the configuration: a channel (log, status, keys, command, webhook), and the events
        it tells of.
      </p>
      <div>
        <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(null)}>
          Test every channel
        </button>
      </div>
      <div aria-live="polite">
        {test.data && (
          <ul className="plans-units">
            {test.data.results.map((each) => (
              <li key={each.rule}>
                <State of={each.ok ? 'ok' : 'fail'} /> {each.rule} ({each.channel}): {each.detail}
              </li>
            ))}
          </ul>
        )}
      </div>
      <Reading of={rules}>
        {({ notifications }) =>
          notifications.length === 0 ? (
            <Empty>No rule.</Empty>
          ) : (
            <ul className="plans-list">
              {notifications.map((each) => (
                <li key={each.rule} className="plans-row">
                  <State of={each.state} />
                  <span className="grow stack-tight">
                    <span>
                      <strong>{each.rule}</strong> by {each.channel}{' '}
                      <span className="quiet">{[...each.projects, ...each.profiles].join(', ')}</span>
                    </span>
                    <span className="quiet">
                      {each.on.map((type) => (
                        <code key={type}>{type} </code>
                      ))}
                    </span>
                    {each.error && (
                      <span className="state-bad">
                        {each.error}
                        {each.retry_at && <> Tried again {new Date(each.retry_at).toLocaleTimeString()}.</>}
                      </span>
                    )}
                  </span>
                  <span className="quiet">
                    {each.sent} told{each.gave_up > 0 && `, ${each.gave_up} given up`}
                    {each.skipped > 0 && `, ${each.skipped} passed over`}
                    {each.last_sent_at && (
                      <>
                        , last <Ago at={each.last_sent_at} />
                      </>
                    )}
                  </span>
                  <button type="button" className="button button-small" onClick={() => test.mutate(each.rule)}>
                    Test
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Reading>
    </>
  );
}
