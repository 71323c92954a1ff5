import { useMutation } from '@tanstack/react-query';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Delivery, Run } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { State } from '../parts/State';
import { cleanLine } from '../parts/text';
import { Ago } from '../parts/Time';
import { ConflictView } from './ConflictView';
import { PullView } from './PullView';

const tones: Record<string, string> = { landed: 'good', conflict: 'bad', failed: 'bad' };

const going = ['waiting', 'integrating', 'verifying', 'landing', 'publishing'];

/** How the work gets to its branch: the last delivery, and what collided. */
export function Deliveries({
  deliveries,
  run,
  deliver,
  block,
}: {
  deliveries: readonly Delivery[];
  run: Run;
  deliver: () => void;
  block: (() => void) | null;
}) {
  const last = deliveries[0];
  if (!last) return null;
  return (
    <section className={`note review-delivery state-${tones[last.state] ?? 'busy'}`}>
      <h2 className="row">
        Delivery <State of={last.state} />{' '}
        <span className="quiet">
          {last.strategy.replace('_', ' ')} into {cleanLine(last.into)} · <Ago at={last.ended_at ?? last.created_at} />
        </span>
        {going.includes(last.state) && <CallOff id={last.id} />}
      </h2>
      {last.error && !last.conflict && <p>{cleanLine(last.error)}</p>}
      {last.pull_request && <PullView of={last.pull_request} />}
      {last.conflict && <ConflictView delivery={last} run={run} deliver={deliver} block={block} />}
    </section>
  );
}

function CallOff({ id }: { id: string }) {
  const cancel = useMutation({
    mutationFn: () => send('POST', `/deliveries/${id}/cancel`, { reason: 'called off in the board' }),
    onSuccess: () => tell('The delivery is called off; the branch is as it was.'),
    onError: tellProblem,
    onSettled: () => cache.invalidateQueries({ queryKey: ['deliveries'] }),
  });
  return (
    <button type="button" className="button button-small" onClick={() => cancel.mutate()}>
      Call it off
    </button>
  );
}
