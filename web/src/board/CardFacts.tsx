import { memo } from 'react';
import type { Card } from '../api/types';
import { money, tokens } from '../parts/numbers';
import { Tag } from '../parts/State';
import { useLine } from './live';

/** The last line of the run at work; it changes without the rest of the card. */
export function LiveLine({ card }: { card: Card }) {
  const line = useLine(card.id, card.last_line);
  if (card.column !== 'in_flight' || line === null) return null;
  return (
    <p className="card-line mono clip" title={line}>
      {line}
    </p>
  );
}

const spent = (card: Card): string | null => {
  if (!card.usage) return null;
  const count = card.usage.input_tokens + card.usage.output_tokens;
  const cost = card.usage.cost_usd;
  if (count === 0 && !cost) return null;
  return [count > 0 ? `${tokens(count)} tok` : null, cost !== null && cost > 0 ? money(cost, card.usage.cost_is_estimate) : null]
    .filter((part) => part !== null)
    .join(' · ');
};

const checks: Readonly<Record<string, { sign: string; tone: 'good' | 'bad' | 'warn' }>> = {
  passed: { sign: '✓', tone: 'good' },
  failed: { sign: '✕', tone: 'bad' },
  impossible: { sign: '✕', tone: 'bad' },
  unverified: { sign: '?', tone: 'warn' },
};

function Links({ card }: { card: Card }) {
  const { dependencies, children } = card;
  return (
    <>
      {dependencies.total > 0 && (
        <span title={`${dependencies.open} of ${dependencies.total} things it depends on are open`}>
          <span aria-hidden="true">⇠ </span>
          <span className="hidden-text">Dependencies done: </span>
          {dependencies.total - dependencies.open}/{dependencies.total}
        </span>
      )}
      {children.total > 0 && (
        <span title={`${children.open} of ${children.total} steps are open`}>
          <span aria-hidden="true">☰ </span>
          <span className="hidden-text">Steps done: </span>
          {children.total - children.open}/{children.total}
        </span>
      )}
    </>
  );
}

function Work({ card }: { card: Card }) {
  const check = card.check === null ? null : (checks[card.check] ?? { sign: '•', tone: 'warn' as const });
  return (
    <>
      {card.diff && card.diff.files > 0 && (
        <span className="nowrap" title={`${card.diff.files} files changed`}>
          <span className="state-good">+{card.diff.added}</span> <span className="state-bad">−{card.diff.removed}</span>
        </span>
      )}
      {check && (
        <span className={`nowrap state-${check.tone}`} title="The daemon's own check">
          <span aria-hidden="true">{check.sign}</span> {card.check}
        </span>
      )}
      {card.unchecked && (
        <Tag tone="warn" title="Counted as done by a person or an import; nobody checked it">
          unchecked
        </Tag>
      )}
      {card.delivery && (
        <Tag title={card.delivery.pull ?? 'Its delivery'}>
          {card.delivery.pull ? `pull ${/\d+$/.exec(card.delivery.pull)?.[0] ?? ''} ` : ''}
          {card.delivery.state.replaceAll('_', ' ')}
        </Tag>
      )}
    </>
  );
}

/** The small print of a card: who works on it, what it cost, what came of it. */
export const CardFacts = memo(function CardFacts({ card }: { card: Card }) {
  const cost = spent(card);
  const who = card.agent && card.agent !== card.profile ? `${card.profile ?? '–'} · ${card.agent}` : (card.profile ?? card.agent);
  return (
    <div className="card-facts quiet">
      {who && <span title={card.model ? `Profile and agent, model ${card.model}` : 'Profile and agent'}>{who}</span>}
      {card.protection && <span title="Who keeps the agent within its bounds">protection: {card.protection}</span>}
      {card.attempts > 1 && <span title="Attempts so far">{card.attempts} attempts</span>}
      {cost && <span className="nowrap">{cost}</span>}
      <Work card={card} />
      <Links card={card} />
      {card.labels.map((label) => (
        <Tag key={label}>{label}</Tag>
      ))}
    </div>
  );
});
