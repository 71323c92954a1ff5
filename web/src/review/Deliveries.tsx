import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Delivery, Run } from '../api/types';
import { runPath } from '../app/routes';
import { tell, tellProblem } from '../app/toasts';
import { Markdown } from '../parts/Markdown';
import { State } from '../parts/State';
import { clean, cleanLine, cut, linkOf } from '../parts/text';
import { Ago } from '../parts/Time';

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
      {last.error && <p>{cleanLine(last.error)}</p>}
      {last.pull_request && <Pull of={last.pull_request} />}
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

function Pull({ of }: { of: NonNullable<Delivery['pull_request']> }) {
  const link = of.url ? linkOf(of.url) : null;
  return (
    <p>
      Pull request{' '}
      {link ? (
        <a href={link.href} target="_blank" rel="noopener noreferrer">
          #{of.number} <span className="quiet">({link.host})</span>
        </a>
      ) : (
        `#${of.number ?? '…'}`
      )}
      {of.state && <> · {of.state}</>}
      {of.draft && ' · draft'}
      {of.checks.map((check) => (
        <span key={check.name}>
          {' '}
          · {cleanLine(check.name)}: {check.conclusion ?? 'running'}
        </span>
      ))}
      {of.trouble && <span className="state-bad"> · {cleanLine(of.trouble)}</span>}
    </p>
  );
}

/** What both sides wanted, and the three ways to go on. */
function ConflictView({
  delivery,
  run,
  deliver,
  block,
}: {
  delivery: Delivery;
  run: Run;
  deliver: () => void;
  block: (() => void) | null;
}) {
  const [, go] = useLocation();
  const conflict = delivery.conflict!;
  const solve = useMutation({
    mutationFn: () =>
      send<{ run: Run }>('POST', `/runs/${run.id}/resume`, {
        prompt: solvePrompt(delivery),
        idempotency_key: crypto.randomUUID(),
      }),
    onSuccess: ({ run: next }) => {
      tell('The agent solves it; deliver again when it is done.');
      go(runPath(next.id));
    },
    onError: tellProblem,
  });
  return (
    <div className="stack">
      <p>
        Both sides changed the same in {conflict.files.length === 1 ? 'one file' : `${conflict.files.length} files`}:{' '}
        <span className="mono">{conflict.files.slice(0, 20).map(cleanLine).join(', ')}</span>. Nothing was changed.
      </p>
      <div className="review-sides">
        <div>
          <h3>This work wanted</h3>
          <p>{cleanLine(conflict.wanted.subject)}</p>
          {conflict.wanted.prompt && (
            <details>
              <summary className="quiet">its prompt</summary>
              <Markdown text={cut(conflict.wanted.prompt, 4_000)} under={3} />
            </details>
          )}
        </div>
        <div>
          <h3>{cleanLine(delivery.into)} got meanwhile</h3>
          <ul className="review-evidence">
            {conflict.landed.map((one, at) => (
              <li key={one.commit ?? at}>
                {cleanLine(one.subject)}
                {one.prompt && (
                  <details>
                    <summary className="quiet">its prompt</summary>
                    <Markdown text={cut(one.prompt, 4_000)} under={3} />
                  </details>
                )}
              </li>
            ))}
          </ul>
        </div>
      </div>
      <details>
        <summary className="quiet">Commands to look at it</summary>
        <pre className="talk-block" tabIndex={0} role="region" aria-label="Commands">
          {clean(conflict.commands.join('\n'))}
        </pre>
      </details>
      <div className="row">
        <button
          type="button"
          className="button button-main"
          disabled={solve.isPending}
          onClick={() => solve.mutate()}
          title="A new run in the same conversation merges the branch into its work and solves it"
        >
          Let the agent solve it
        </button>
        <button
          type="button"
          className="button"
          onClick={deliver}
          title={`After you solved it in ${run.workspace?.path ?? 'its workspace'}`}
        >
          I solved it: deliver again …
        </button>
        {block && (
          <button type="button" className="button" onClick={block}>
            Set the item aside …
          </button>
        )}
      </div>
    </div>
  );
}

function solvePrompt(delivery: Delivery): string {
  const { files, landed } = delivery.conflict!;
  return [
    `Your work does not go together with ${delivery.into}: both changed the same in ${files.slice(0, 50).join(', ')}.`,
    landed.length > 0 ? `What came to ${delivery.into} since you began: ${landed.map((one) => one.subject).join('; ')}.` : '',
    `Merge ${delivery.into} into your branch, keep what both sides wanted, leave no conflict marker, run the tests, and commit.`,
  ]
    .filter(Boolean)
    .join('\n\n');
}
