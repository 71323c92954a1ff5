import { Empty, Reading } from '../parts/Reading';
import { useTimeline } from './useTimeline';
import { Waterfall } from './Waterfall';

/** What took which time in a run and in everybody it spawned. */
export default function RunTimeline({ runId }: { runId: string }) {
  const { query, now } = useTimeline(`/runs/${runId}`, null);
  return (
    <>
      <h2 className="hidden-text">Timeline</h2>
      <Reading of={query}>
        {(timeline) =>
          timeline.spans.length === 0 ? (
            <Empty>Nothing has happened yet.</Empty>
          ) : (
            <Waterfall spans={timeline.spans} now={now} isCut={timeline.is_cut} />
          )
        }
      </Reading>
    </>
  );
}
