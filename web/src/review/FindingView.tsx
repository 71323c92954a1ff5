import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Finding } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { Markdown } from '../parts/Markdown';
import { Tag, type Tone } from '../parts/State';
import { clean, cleanLine } from '../parts/text';
import { Ago } from '../parts/Time';

const tones: Record<string, Tone> = { critical: 'bad', high: 'bad', medium: 'warn', low: 'plain' };
const states: Record<string, string> = {
  draft: 'your draft, not sent',
  open: 'open',
  sent: 'sent to the agent',
  deferred: 'debt',
  merged: 'joined with another',
  closed: 'closed',
};

const readAnew = (): void => void cache.invalidateQueries({ queryKey: ['reviews'] });

/** One remark: of a reviewer, or a person's comment. */
export function FindingView({ finding, reviewId, showPlace = false }: { finding: Finding; reviewId: string; showPlace?: boolean }) {
  return (
    <article
      className={`finding finding-${finding.severity}${finding.state === 'draft' ? ' finding-draft' : ''}`}
      aria-label={`${finding.severity}: ${cleanLine(finding.title)}`}
    >
      <div className="row">
        <Tag tone={tones[finding.severity] ?? 'plain'}>{finding.severity}</Tag>
        <strong>{cleanLine(finding.title)}</strong>
        {showPlace && finding.file && (
          <span className="mono quiet">
            {cleanLine(finding.file)}
            {finding.line ? `:${finding.line}` : ''}
          </span>
        )}
        <span className="quiet">
          {cleanLine(finding.said_by)} · {states[finding.state] ?? finding.state} · <Ago at={finding.created_at} />
        </span>
        <span className="grow" />
        <Close finding={finding} reviewId={reviewId} />
      </div>
      {finding.detail && <Markdown text={finding.detail} />}
      {finding.suggestion && (
        <div>
          <span className="quiet">Suggestion</span>
          <pre className="talk-block">{clean(finding.suggestion)}</pre>
        </div>
      )}
      {finding.note && <p className="quiet">{cleanLine(finding.note)}</p>}
      {finding.run_id && finding.state === 'sent' && <Link href={`/app/runs/${finding.run_id}`}>the run it is about</Link>}
    </article>
  );
}

/** Drafts are taken back, debt is paid: both end the finding. */
function Close({ finding, reviewId }: { finding: Finding; reviewId: string }) {
  const isDraft = finding.state === 'draft';
  const close = useMutation({
    mutationFn: () => send('POST', `/findings/${finding.id}/close`, { note: isDraft ? 'taken back' : 'done with' }),
    onSuccess: () =>
      tell(isDraft ? 'The comment is taken back.' : 'The debt is closed.', isDraft ? { undo: () => void again(reviewId, finding) } : {}),
    onError: tellProblem,
    onSettled: readAnew,
  });
  if (!isDraft && finding.state !== 'deferred') return null;
  return (
    <button type="button" className="button button-small" disabled={close.isPending} onClick={() => close.mutate()}>
      {isDraft ? 'Take back' : 'Close'}
    </button>
  );
}

async function again(reviewId: string, finding: Finding): Promise<void> {
  const { file, line, end_line, severity, suggestion } = finding;
  // A title that says all has no detail; a cut one begins the detail.
  await send('POST', `/reviews/${reviewId}/comments`, {
    comments: [{ text: finding.detail || finding.title, file, line, end_line, severity, suggestion }],
  }).then(readAnew, tellProblem);
}
