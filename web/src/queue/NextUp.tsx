import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Empty, Reading } from '../parts/Reading';
import { counted } from '../parts/numbers';
import { inPlainWords } from '../parts/text';
import { nextQuery } from './queries';

/** What is ready, in the scheduler's order, and what holds each of it. */
export function NextUp() {
  const next = useQuery(nextQuery);
  return (
    <Reading of={next}>
      {({ next: rows, ready }) =>
        rows.length === 0 ? (
          <Empty>Nothing is ready. What is in the inbox waits until somebody readies it.</Empty>
        ) : (
          <div className="stack-tight">
            <p className="quiet">
              {counted(ready, 'item')} ready{ready > rows.length ? `; the first ${rows.length}` : ''}, in the order in which they start.
            </p>
            <ol className="queue-next">
              {rows.map((item) => (
                <li key={item.id}>
                  <div className="row">
                    <Link className="grow" href={`/app/items/${item.id}`}>
                      #{item.number} {item.title}
                    </Link>
                    <span className="quiet">
                      {item.project ?? 'no project'} · {item.priority}
                    </span>
                  </div>
                  {item.may_start ? (
                    <p className="state-good">✓ may start</p>
                  ) : (
                    item.causes.map((cause, at) => (
                      <p key={at} className="quiet" title={cause.text}>
                        {inPlainWords(cause.text)}
                      </p>
                    ))
                  )}
                </li>
              ))}
            </ol>
          </div>
        )
      }
    </Reading>
  );
}
