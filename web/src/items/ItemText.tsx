import { useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { Check, Item } from '../api/types';
import { Markdown } from '../parts/Markdown';
import { State } from '../parts/State';
import { Ago } from '../parts/Time';
import { clean, cleanLine } from '../parts/text';
import { edit } from './actions';
import { criteriaOf, lastCheck, type Criterion } from './evidence';

type Evidence = Check['evidence'][number];

interface EditProps {
  title: string;
  value: string;
  hint: string;
  keep: (value: string) => void;
}

function EditForm({ title, value, hint, keep, close }: EditProps & { close: () => void }) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const next = String(new FormData(event.currentTarget).get('text') ?? '');
    close();
    if (next !== value) keep(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>): void => {
    if (event.key === 'Escape') close();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  const rows = Math.min(20, Math.max(4, value.split('\n').length + 1));
  return (
    <form className="stack" onSubmit={submit} onKeyDown={onKeyDown}>
      <textarea className="input" name="text" rows={rows} defaultValue={value} autoFocus aria-label={title} />
      <div className="row">
        <span className="grow quiet">{hint}</span>
        <button type="button" className="button" onClick={close}>
          Back
        </button>
        <button type="submit" className="button button-main">
          Save
        </button>
      </div>
    </form>
  );
}

/** A text that becomes a field. Ctrl+Enter keeps it, Escape leaves it as it was; then the focus is on its button again. */
function Editable({ children, ...props }: EditProps & { children: ReactNode }) {
  const [isEdited, setEdited] = useState(false);
  const button = useRef<HTMLButtonElement | null>(null);
  const close = (): void => {
    setEdited(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <section className="panel stack">
      <div className="row">
        <h2 className="grow">{props.title}</h2>
        {!isEdited && (
          <button
            ref={button}
            type="button"
            className="button button-small"
            onClick={() => setEdited(true)}
            aria-label={`Edit: ${props.title}`}
          >
            Edit
          </button>
        )}
      </div>
      {isEdited ? <EditForm {...props} close={close} /> : children}
    </section>
  );
}

export function Description({ item }: { item: Item }) {
  return (
    <Editable title="What is to be done" value={item.description} hint="Markdown" keep={(description) => void edit(item, { description })}>
      {item.description === '' ? <p className="quiet">Nothing but the title.</p> : <Markdown text={item.description} />}
    </Editable>
  );
}

function Proof({ evidence }: { evidence: Evidence }) {
  return (
    <li>
      <State
        of={evidence.outcome === 'open' ? 'unverified' : evidence.outcome}
        words={evidence.kind === 'criterion' ? evidence.outcome : evidence.kind}
      />{' '}
      <span className="item-proof">{cleanLine(evidence.text)}</span>
      {evidence.command && <code className="item-proof"> {evidence.command.join(' ')}</code>}
      {evidence.tail && (
        <details>
          <summary>Its last lines</summary>
          <pre className="item-tail" tabIndex={0} aria-label="Output">
            {clean(evidence.tail)}
          </pre>
        </details>
      )}
    </li>
  );
}

function CriterionRow({ criterion }: { criterion: Criterion }) {
  const words = { passed: 'met', failed: 'not met', open: 'not shown yet' }[criterion.state];
  return (
    <li className="item-criterion">
      <div className="item-other">
        <span className="item-proof">{cleanLine(criterion.text)}</span>{' '}
        <State of={criterion.state === 'open' ? 'inbox' : criterion.state} words={words} />
      </div>
      {criterion.evidence.length > 0 && (
        <ul className="item-proofs">
          {criterion.evidence.map((one) => (
            <Proof key={one.no} evidence={one} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Each criterion with the evidence of the last check, and what the check saw besides. */
export function Criteria({ item, checks }: { item: Item; checks: readonly Check[] }) {
  const check = lastCheck(checks);
  const { criteria, rest } = criteriaOf(item.acceptance_criteria, check);
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  return (
    <Editable
      title="Done when"
      value={item.acceptance_criteria.join('\n')}
      hint="One criterion a line"
      keep={(text) => void edit(item, { acceptance_criteria: lines(text) })}
    >
      {criteria.length === 0 && <p className="quiet">No criteria: the daemon checks what it can by itself.</p>}
      <ul className="item-criteria">
        {criteria.map((criterion) => (
          <CriterionRow key={criterion.text} criterion={criterion} />
        ))}
      </ul>
      {check && (
        <div className="item-check">
          <p>
            <State of={check.verdict ?? check.state} words={`Check ${check.verdict ?? check.state}`} />{' '}
            <span className="quiet">
              <Ago at={check.ended_at ?? check.created_at} />
            </span>
          </p>
          {check.summary && <p>{cleanLine(check.summary)}</p>}
          {rest.length > 0 && (
            <ul className="item-proofs">
              {rest.map((one) => (
                <Proof key={one.no} evidence={one} />
              ))}
            </ul>
          )}
          {checks.length > 1 && <p className="quiet">{checks.length - 1} earlier</p>}
        </div>
      )}
    </Editable>
  );
}
