import { useState, type FormEvent, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { Need } from '../api/types';
import { answer, askRun, cancel, choose, raise, retry, stopRun, type Scope } from './answer';
import { placeOf, scopes } from './words';

/** What a person is about to write: the reason of a no, an answer, a word to the run. */
export type Writing = 'deny' | 'answer' | 'ask' | null;

interface Props {
  need: Need;
  /** Requests that ask for the same, this one among them. */
  equal: readonly Need[];
  writing: Writing;
  setWriting: (writing: Writing) => void;
  /** On the board: without what takes room. */
  isCompact?: boolean;
}

const forms: Readonly<Record<Exclude<Writing, null>, { label: string; send: string }>> = {
  deny: { label: 'Why not? The run is told.', send: 'Deny' },
  answer: { label: 'Your answer', send: 'Answer' },
  ask: { label: 'What do you want to say to it?', send: 'Send' },
};

function WriteForm({ need, equal, writing, setWriting }: Props) {
  const form = forms[writing!];
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text') ?? '').trim();
    if (text === '' && writing !== 'deny') return;
    setWriting(null);
    if (writing === 'ask') void askRun(need, text);
    else void answer(equal, { decision: writing === 'deny' ? 'deny' : 'answer', ...(text ? { text } : {}) });
  };
  return (
    <form
      className="need-form"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          setWriting(null);
        }
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <label className="field grow">
        <span>{form.label}</span>
        <textarea className="input" name="text" rows={2} autoFocus />
      </label>
      <button type="submit" className={`button ${writing === 'deny' ? 'button-bad' : 'button-main'}`}>
        {form.send}
        {equal.length > 1 ? ` ${equal.length}` : ''}
      </button>
      <button type="button" className="button" onClick={() => setWriting(null)}>
        Back
      </button>
    </form>
  );
}

function Approval({ need, equal, setWriting, isCompact }: Props) {
  const [scope, setScope] = useState<Scope>('once');
  const many = equal.length > 1;
  return (
    <>
      <button type="button" className="button button-main" onClick={() => void answer([need], { decision: 'approve', scope })}>
        Approve{scope === 'once' ? '' : `, ${scopes.find((one) => one.id === scope)!.says}`}
      </button>
      <button type="button" className="button button-bad" onClick={() => setWriting('deny')}>
        Deny …
      </button>
      {many && (
        <button type="button" className="button" onClick={() => void answer(equal, { decision: 'approve', scope })}>
          Approve all {equal.length} equal
        </button>
      )}
      {!isCompact && (
        <label className="need-far">
          <span className="quiet nowrap">How far:</span>
          <select
            className="input need-scope"
            value={scope}
            onChange={(event) => setScope(event.target.value as Scope)}
            aria-label="How far the approval reaches"
          >
            {scopes.map((one) => (
              <option key={one.id} value={one.id}>
                {one.title}: {one.says}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

const offered: Readonly<Record<string, string>> = {
  accept: 'Accept it',
  retry: 'Try again',
  skip: 'Skip it',
  abort: 'Abort the plan',
  'go-on': 'Go on',
  resume: 'Go on',
  stop: 'Stop here',
};

/** The answers that were offered, by a run, by the daemon or by a plan; each has the key of its place. */
function Options({ need, isCompact }: Props) {
  return need.options.map((option, at) => (
    <button
      key={option}
      type="button"
      className={`button ${option === 'abort' ? 'button-bad' : ''}`}
      onClick={() => void choose(need, option)}
    >
      {at < 9 && !isCompact && <kbd>{at + 1}</kbd>} {need.kind === 'question' ? option : (offered[option] ?? option)}
    </button>
  ));
}

function Question(props: Props) {
  const { need, setWriting } = props;
  return (
    <>
      <Options {...props} />
      <button type="button" className={`button ${need.options.length === 0 ? 'button-main' : ''}`} onClick={() => setWriting('answer')}>
        {need.options.length === 0 ? 'Answer …' : 'Other answer …'}
      </button>
    </>
  );
}

function Raise({ need }: Props) {
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const by = Number(form.get('by'));
        if (by > 0) void raise(need, form.get('unit') === 'tokens' ? { tokens: Math.round(by) } : { usd: by });
      }}
    >
      <label className="row">
        <span className="quiet">Allow today</span>
        <input className="input need-number" name="by" type="number" min="0" step="any" defaultValue="5" />
      </label>
      <select className="input need-scope" name="unit" aria-label="Unit">
        <option value="usd">US dollars more</option>
        <option value="tokens">tokens more</option>
      </select>
      <button type="submit" className="button button-main">
        Raise
      </button>
    </form>
  );
}

function Budget(props: Props) {
  return props.need.options.length > 0 ? <Options {...props} /> : <Raise {...props} />;
}

function Trouble(props: Props) {
  const { need, setWriting, isCompact } = props;
  const canRetry = need.options.length === 0 && (need.kind === 'failed' || need.kind === 'login');
  return (
    <>
      <Options {...props} />
      {canRetry && (
        <button type="button" className="button button-main" onClick={() => void retry(need)}>
          Try again
        </button>
      )}
      {need.run_id && !isCompact && (
        <button type="button" className="button" onClick={() => setWriting('ask')}>
          Tell it …
        </button>
      )}
      {need.kind === 'stalled' && (
        <button type="button" className="button button-bad" onClick={() => void stopRun(need)}>
          Stop the run
        </button>
      )}
      {need.kind !== 'stalled' && need.item_id && !isCompact && (
        <button type="button" className="button" onClick={() => void cancel(need)}>
          Cancel it
        </button>
      )}
    </>
  );
}

const byKind: Readonly<Record<string, (props: Props) => ReactNode>> = {
  approval: Approval,
  question: Question,
  decision: Options,
  budget: Budget,
  failed: Trouble,
  login: Trouble,
  stalled: Trouble,
  conflict: Trouble,
};

/** What a person can do about a need, here and now; the last button leads to where it is looked at closely. */
export function NeedActions(props: Props) {
  const { need, writing } = props;
  const Kind = byKind[need.kind];
  if (writing !== null) return <WriteForm {...props} />;
  return (
    <div className="row need-actions">
      {Kind && <Kind {...props} />}
      {(!props.isCompact || need.kind === 'review') && (
        <Link className={`button ${need.kind === 'review' ? 'button-main' : ''}`} href={placeOf(need)}>
          {need.kind === 'review' ? 'Review' : 'Open'}
        </Link>
      )}
    </div>
  );
}
