import type { Delivery } from '../api/types';
import { Markdown } from '../parts/Markdown';
import { State } from '../parts/State';
import { cleanLine, cut, linkOf } from '../parts/text';
import { Ago } from '../parts/Time';

type Pull = NonNullable<Delivery['pull_request']>;

/** Conclusions of a check that speak against the work. */
const speakAgainst = ['failure', 'timed_out', 'startup_failure', 'error'];

const stateOfCheck = (conclusion: string | null): string =>
  conclusion === null ? 'running' : conclusion === 'success' ? 'passed' : speakAgainst.includes(conclusion) ? 'failed' : conclusion;

/** A pull request as GitHub has it: where it is, its checks, and what people wrote there. */
export function PullView({ of }: { of: Pull }) {
  return (
    <div className="stack-tight">
      <p>
        Pull request <Outside address={of.url} text={`#${of.number ?? '…'}`} />
        {of.state && <> · {of.state}</>}
        {of.draft && ' · draft'}
        {of.mergeable === false && <span className="state-bad"> · in conflict with {cleanLine(of.base ?? 'its base')}</span>}
        {of.looked_at && (
          <span className="quiet">
            {' '}
            · looked at <Ago at={of.looked_at} />
          </span>
        )}
      </p>
      {of.trouble && <p className="state-bad">{cleanLine(of.trouble)}</p>}
      {of.checks.length > 0 && <h3>Checks</h3>}
      {of.checks.length > 0 && (
        <ul className="review-evidence" aria-label="Checks at GitHub">
          {of.checks.map((check) => (
            <li key={check.name} className="row">
              <State of={stateOfCheck(check.conclusion)} /> <Outside address={check.url} text={cleanLine(check.name)} />
            </li>
          ))}
        </ul>
      )}
      {of.comments.length > 0 && <h3>Comments its agent has not been told</h3>}
      {of.comments.length > 0 && (
        <ul className="review-evidence stack-tight" aria-label="Comments at GitHub">
          {of.comments.map((comment, at) => (
            <li key={comment.url ?? at}>
              <p className="quiet">
                {cleanLine(comment.author)}
                {comment.file && <span className="mono"> {cleanLine(`${comment.file}${comment.line ? `:${comment.line}` : ''}`)}</span>}
              </p>
              <Markdown text={cut(comment.body, 4_000)} under={3} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A link to another place, with its host in words; text where the address is none that is followed. */
function Outside({ address, text }: { address: string | null; text: string }) {
  const link = address ? linkOf(address) : null;
  if (!link) return <>{text}</>;
  return (
    <a href={link.href} target="_blank" rel="noopener noreferrer">
      {text} <span className="quiet">({link.host})</span>
    </a>
  );
}
