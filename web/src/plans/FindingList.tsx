import { counted } from '../parts/numbers';
import type { Finding } from './queries';

const words = { error: '✕ error', warning: '! warning', info: '· note' } as const;
const tones = { error: 'bad', warning: 'warn', info: 'plain' } as const;

/** What an import had to say: where, what is so, what was done about it, how to mend it. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <p className="quiet">Nothing to remark.</p>;
  const order = ['error', 'warning', 'info'];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const count = (severity: Finding['severity']): number => findings.filter((one) => one.severity === severity).length;
  const summary = [
    count('error') && counted(count('error'), 'error'),
    count('warning') && counted(count('warning'), 'warning'),
    count('info') && counted(count('info'), 'note'),
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <div className="stack-tight">
      <p className="quiet">{summary}</p>
      <ul className="findings">
        {sorted.slice(0, 200).map((one, at) => (
          <li key={at} className="findings-row">
            <span className={`state-${tones[one.severity]} nowrap`}>{words[one.severity]}</span>
            <span className="mono quiet">
              {one.line !== null ? `line ${one.line}` : ''}
              {one.place && one.line !== null ? ', ' : ''}
              {one.place}
            </span>
            <span className="grow">
              {one.text} {one.done && <span className="quiet">{one.done}</span>} {one.fix && <em>{one.fix}</em>}
            </span>
          </li>
        ))}
      </ul>
      {sorted.length > 200 && <p className="quiet">And {sorted.length - 200} more.</p>}
    </div>
  );
}
