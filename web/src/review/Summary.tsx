import { Link } from 'wouter';
import type { Evidence, Finding, Round } from '../api/types';
import { runPath } from '../app/routes';
import { Markdown } from '../parts/Markdown';
import { counted } from '../parts/numbers';
import { State } from '../parts/State';
import { clean, cleanLine } from '../parts/text';
import { Ago } from '../parts/Time';
import { FindingView } from './FindingView';
import type { Review } from './queries';

/** What is known of the work besides its lines: what its agent says, what the daemon saw, what reviewers found. */
export function Summary({
  review,
  general,
  debt,
  reviewId,
}: {
  review: Review;
  general: readonly Finding[];
  debt: readonly Finding[];
  reviewId: string;
}) {
  return (
    <div className="review-summary">
      {review.report && (
        <section className="panel">
          <h2>What its agent says</h2>
          <Markdown text={review.report} />
        </section>
      )}
      <Evidences review={review} />
      {review.rounds.length > 0 && (
        <section className="panel">
          <h2>Reviews</h2>
          <ol className="review-rounds">
            {review.rounds.toReversed().map((round) => (
              <RoundView key={round.id} round={round} />
            ))}
          </ol>
        </section>
      )}
      {general.length > 0 && (
        <section className="panel stack">
          <h2>About the whole</h2>
          {general.map((finding) => (
            <FindingView key={finding.id} finding={finding} reviewId={reviewId} showPlace />
          ))}
        </section>
      )}
      {debt.length > 0 && (
        <details className="panel">
          <summary>
            <h2 className="review-inline">{counted(debt.length, 'finding')} left as debt</h2>
          </summary>
          <div className="stack">
            {debt.map((finding) => (
              <FindingView key={finding.id} finding={finding} reviewId={reviewId} showPlace />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

/** The daemon's check: first each criterion, then the rest of what it saw. */
function Evidences({ review }: { review: Review }) {
  const { check } = review;
  if (!check)
    return (
      <section className="panel">
        <h2>The daemon’s check</h2>
        <p className="quiet">It has not looked at this work.</p>
      </section>
    );
  const criteria = check.evidence.filter((one) => one.kind === 'criterion');
  const others = check.evidence.filter((one) => one.kind !== 'criterion');
  return (
    <section className="panel">
      <h2 className="row">
        The daemon’s check <State of={check.verdict ?? check.state} />
      </h2>
      {check.summary && (
        <p className="quiet">
          {cleanLine(check.summary)} <Ago at={check.ended_at ?? check.created_at} />
        </p>
      )}
      {criteria.length > 0 && (
        <>
          <h3>Criteria</h3>
          <ul className="review-evidence">
            {criteria.map((one) => (
              <EvidenceView key={one.no} of={one} />
            ))}
          </ul>
        </>
      )}
      <h3>What it saw</h3>
      <ul className="review-evidence">
        {others.map((one) => (
          <EvidenceView key={one.no} of={one} />
        ))}
      </ul>
    </section>
  );
}

function EvidenceView({ of }: { of: Evidence }) {
  return (
    <li>
      <State of={of.outcome} words={of.outcome === 'open' ? 'not decided' : of.outcome} />{' '}
      {of.criterion ? (
        <>
          <Inline text={of.criterion} /> <span className="quiet">{cleanLine(of.text)}</span>
        </>
      ) : (
        cleanLine(of.text)
      )}
      {of.tail && (
        <details>
          <summary className="quiet">output</summary>
          <pre className="talk-block" tabIndex={0} role="region" aria-label="Output">
            {clean(of.tail)}
          </pre>
        </details>
      )}
    </li>
  );
}

const Inline = ({ text }: { text: string }) => (
  <span className="review-criterion">
    <Markdown text={text} />
  </span>
);

function RoundView({ round }: { round: Round }) {
  return (
    <li>
      <strong>Round {round.no}</strong> <State of={round.state} /> {round.summary && <span>{cleanLine(round.summary)}</span>}
      {round.decision && (
        <span className="quiet">
          {' '}
          decision: {round.decision}
          {round.decided_by ? ` by ${cleanLine(round.decided_by)}` : ''}
        </span>
      )}
      <ul className="review-evidence">
        {round.reviews.map((one) => (
          <li key={one.id}>
            {one.run_id ? <Link href={runPath(one.run_id)}>Reviewer {one.slot}</Link> : `Reviewer ${one.slot}`}{' '}
            <span className="quiet">{one.profile}</span>{' '}
            {one.verdict ? `says ${one.verdict === 'accept' ? 'accept' : 'changes are needed'}` : one.state}{' '}
            {one.summary && <span className="quiet">{cleanLine(one.summary)}</span>}
            {one.problem && <span className="state-bad">{cleanLine(one.problem)}</span>}
            {one.changed_files.length > 0 && (
              <span className="state-warn"> It changed files in its copy: {one.changed_files.map(cleanLine).join(', ')}</span>
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}
