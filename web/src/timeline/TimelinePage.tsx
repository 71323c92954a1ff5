import { Link, useParams } from 'wouter';
import { itemPath, reviewPath } from '../app/routes';
import { Empty, Reading } from '../parts/Reading';
import { cleanLine } from '../parts/text';
import { useTimeline } from './useTimeline';
import { Waterfall } from './Waterfall';

/** The whole tree of an item over time: its statuses, runs and those they spawned, tool calls, waits, checks, reviews, deliveries. */
export default function TimelinePage() {
  const { id } = useParams<{ id: string }>();
  const { query, now } = useTimeline(`/items/${id}`, id);
  return (
    <Reading of={query}>
      {(timeline) => (
        <div className="stack timeline-page">
          <div className="row">
            <h1 className="grow">{cleanLine(timeline.title)}</h1>
            <Link href={itemPath(timeline.id)}>Item</Link>
            <Link href={reviewPath(timeline.id)}>Review</Link>
          </div>
          {timeline.spans.length === 0 ? (
            <Empty>Nothing has happened yet.</Empty>
          ) : (
            <Waterfall spans={timeline.spans} now={now} isCut={timeline.is_cut} />
          )}
        </div>
      )}
    </Reading>
  );
}
