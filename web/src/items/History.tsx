import { useState } from 'react';
import type { StoreEvent } from '../api/types';
import { Ago } from '../parts/Time';
import { cleanLine } from '../parts/text';
import { say } from './history';

const few = 30;

/** What became of the item, in words, the newest first, with who did it. */
export function History({ events }: { events: readonly StoreEvent[] }) {
  const [isWhole, setWhole] = useState(false);
  const all = [...events].reverse();
  const shown = isWhole ? all : all.slice(0, few);
  return (
    <section className="panel stack" aria-labelledby="history">
      <h2 id="history">What happened</h2>
      <ol className="item-history">
        {shown.map((event) => {
          const said = say(event);
          return (
            <li key={event.cursor}>
              <span className="quiet item-when">
                <Ago at={event.created_at} />
              </span>
              <span className={`item-proof state-${said.tone}`}>{cleanLine(said.text)}</span>
              {event.actor && <span className="quiet"> by {event.actor}</span>}
            </li>
          );
        })}
      </ol>
      {all.length > shown.length && (
        <p>
          <button type="button" className="button button-small" onClick={() => setWhole(true)}>
            {all.length - shown.length} more
          </button>
        </p>
      )}
    </section>
  );
}
