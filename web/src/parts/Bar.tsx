import './parts.css';
import type { Tone } from './State';

/** How much of something is done or used, as a bar with words for those who do not see it. */
export function Bar({ part, of, label, tone = 'good' }: { part: number; of: number; label: string; tone?: Tone }) {
  const share = of <= 0 ? 0 : Math.min(1, part / of);
  return (
    <span className="bar" role="img" aria-label={label} title={label}>
      <span className={`bar-fill bar-${tone}`} style={{ width: `${(share * 100).toFixed(1)}%` }} />
    </span>
  );
}
