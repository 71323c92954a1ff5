import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { send } from '../api/http';
import type { Delivery, Run } from '../api/types';
import { runPath } from '../app/routes';
import { tell, tellProblem } from '../app/toasts';
import { Markdown } from '../parts/Markdown';
import { clean, cleanLine, cut } from '../parts/text';

type Conflict = NonNullable<Delivery['conflict']>;

/** What both sides wanted, and the three ways to go on. */
export function ConflictView({
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
      <Sides of={conflict} into={delivery.into} />
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

function Sides({ of, into }: { of: Conflict; into: string }) {
  return (
    <div className="review-sides">
      <div>
        <h3>This work wanted</h3>
        <Wanted subject={of.wanted.subject} prompt={of.wanted.prompt} />
      </div>
      <div>
        <h3>{cleanLine(into)} got meanwhile</h3>
        <ul className="review-evidence">
          {of.landed.map((one, at) => (
            <li key={one.commit ?? at}>
              <Wanted subject={one.subject} prompt={one.prompt} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Wanted({ subject, prompt }: { subject: string; prompt: string | null }) {
  return (
    <>
      <p>{cleanLine(subject)}</p>
      {prompt && (
        <details>
          <summary className="quiet">its prompt</summary>
          <Markdown text={cut(prompt, 4_000)} under={3} />
        </details>
      )}
    </>
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
