import './parts.css';

export type Tone = 'plain' | 'busy' | 'good' | 'warn' | 'bad';

/** Sign, tone and words for every status of items, runs and plans: never by colour alone. */
const signs: Record<string, { sign: string; tone: Tone; words?: string }> = {
  inbox: { sign: '○', tone: 'plain' },
  planning: { sign: '◔', tone: 'busy' },
  ready: { sign: '◌', tone: 'plain' },
  in_flight: { sign: '▶', tone: 'busy', words: 'in flight' },
  review: { sign: '◎', tone: 'warn', words: 'in review' },
  done: { sign: '✓', tone: 'good' },
  blocked: { sign: '■', tone: 'bad' },
  failed: { sign: '✕', tone: 'bad' },
  canceled: { sign: '⊘', tone: 'plain' },
  skipped: { sign: '↷', tone: 'plain' },
  queued: { sign: '◌', tone: 'plain' },
  starting: { sign: '◔', tone: 'busy' },
  running: { sign: '▶', tone: 'busy' },
  waiting: { sign: '‖', tone: 'warn' },
  stopping: { sign: '◼', tone: 'warn' },
  succeeded: { sign: '✓', tone: 'good' },
  timed_out: { sign: '⏱', tone: 'bad', words: 'timed out' },
  lost: { sign: '?', tone: 'bad' },
  draft: { sign: '○', tone: 'plain' },
  paused: { sign: '‖', tone: 'warn' },
  completed: { sign: '✓', tone: 'good' },
  halted: { sign: '■', tone: 'bad' },
  passed: { sign: '✓', tone: 'good' },
  unverified: { sign: '?', tone: 'warn' },
  impossible: { sign: '✕', tone: 'bad' },
  open: { sign: '◎', tone: 'busy' },
  landed: { sign: '✓', tone: 'good' },
  conflict: { sign: '⇄', tone: 'bad' },
  quiet: { sign: '…', tone: 'plain' },
  stalled: { sign: '!', tone: 'bad' },
  working: { sign: '▶', tone: 'busy' },
  needs_decision: { sign: '!', tone: 'warn', words: 'needs a decision' },
  planned: { sign: '✓', tone: 'good' },
  ok: { sign: '✓', tone: 'good' },
  warn: { sign: '!', tone: 'warn', words: 'warning' },
  fail: { sign: '✕', tone: 'bad', words: 'fails' },
  failing: { sign: '✕', tone: 'bad' },
  degraded: { sign: '!', tone: 'warn' },
  idle: { sign: '○', tone: 'plain' },
  offline: { sign: '⊘', tone: 'plain' },
  active: { sign: '▶', tone: 'busy' },
  dead: { sign: '✕', tone: 'bad' },
};

/** A state in sign and words. An unknown word is shown as it is. */
export function State({ of, words, title }: { of: string; words?: string; title?: string }) {
  const known = signs[of] ?? { sign: '•', tone: 'plain' as const };
  return (
    <span className={`state state-${known.tone}`} title={title}>
      <span aria-hidden="true">{known.sign}</span> {words ?? known.words ?? of.replaceAll('_', ' ')}
    </span>
  );
}

/** A short fact in a frame. */
export function Tag({ children, tone = 'plain', title }: { children: React.ReactNode; tone?: Tone; title?: string }) {
  return (
    <span className={`tag state-${tone}`} title={title}>
      {children}
    </span>
  );
}
