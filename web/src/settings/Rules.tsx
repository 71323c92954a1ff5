import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Got, Posted } from '../api/answer';
import { getJson, send, withQuery, wordsOf } from '../api/http';
import { Empty, Reading } from '../parts/Reading';
import { Tag, type Tone } from '../parts/State';
import { counted } from '../parts/numbers';
import { useAct } from '../parts/useAct';
import { rulesQuery, type Rule } from './queries';

const tones: Record<Rule['action'], Tone> = { allow: 'good', answer: 'good', ask: 'warn', deny: 'bad' };
const whats = ['command', 'exact', 'path', 'tool'] as const;

/** What becomes of requests before anybody is asked: deny beats ask, ask beats allow. */
export default function Rules() {
  const rules = useQuery(rulesQuery);
  const remove = useAct((rule: Rule) => send('DELETE', `/request-rules/${rule.id}`), {
    reads: ['rules'],
    said: () => 'The rule is ended; what it answered stays answered.',
    undo: (_, rule) => again.mutate(rule),
  });
  const again = useAct(
    (rule: Rule) =>
      send('POST', '/request-rules', {
        action: rule.action,
        command: rule.command,
        exact: rule.exact,
        path: rule.path,
        tool: rule.tool,
        kind: rule.kind,
        profile: rule.profile,
        project: rule.project,
        note: rule.note,
        force: true,
      }),
    { reads: ['rules'], said: () => 'The rule is back.' },
  );
  return (
    <>
      <p>Deny beats ask, ask beats allow; what no rule knows is asked.</p>
      <Reading of={rules}>
        {({ rules: rows }) =>
          rows.length === 0 ? (
            <Empty>No rule: every request waits for a person.</Empty>
          ) : (
            <ul className="plans-list">
              {rows.map((rule) => (
                <li key={rule.id} className="plans-row">
                  <Tag tone={tones[rule.action]}>{rule.action}</Tag>
                  <span className="grow">
                    <RuleWords of={rule} />
                    {rule.note && <span className="quiet"> “{rule.note}”</span>}
                    {rule.ignored && <span className="state-warn"> Has no effect: {rule.ignored}</span>}
                  </span>
                  <span className="quiet">{rule.created_by ? `by ${rule.created_by}` : rule.origin}</span>
                  {rule.created_by && (
                    <button type="button" className="button button-small" onClick={() => remove.mutate(rule)}>
                      Remove
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Reading>
      <TestRule />
      <AddRule />
    </>
  );
}

function RuleWords({ of }: { of: Rule }) {
  const what = whats.find((each) => of[each] !== null);
  const where = [
    of.kind && `of kind ${of.kind}`,
    of.profile && `by ${of.profile}`,
    of.project && `in ${of.project}`,
    of.run_id && 'for one run',
  ].filter(Boolean);
  return (
    <>
      {what ? (
        <>
          {what === 'exact' ? 'exactly' : what} <code>{of[what]}</code>
        </>
      ) : (
        'everything'
      )}{' '}
      {where.length > 0 && <span className="quiet">{where.join(', ')}</span>}
    </>
  );
}

function TestRule() {
  const [command, setCommand] = useState('');
  const test = useAct(() => getJson<Got<'/request-rules/test'>>(withQuery('/request-rules/test', { command })), { showsProblem: true });
  return (
    <section className="panel stack-tight" aria-labelledby="rules-test">
      <h3 id="rules-test">What would the rules say?</h3>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate(undefined);
        }}
      >
        <label className="field grow">
          <span>A whole command line</span>
          <input
            className="input mono"
            value={command}
            onChange={(event) => setCommand(event.target.value)}
            placeholder="git push origin main"
            spellCheck={false}
            autoCapitalize="off"
          />
        </label>
        <button type="submit" className="button" disabled={command.trim() === ''}>
          Test
        </button>
      </form>
      <div aria-live="polite">
        {test.error && <p className="state-bad">{wordsOf(test.error)}</p>}
        {test.data && (
          <>
            <p>
              <strong>{test.data.judgment.verdict.replaceAll('_', ' ')}</strong>: {test.data.judgment.why}
            </p>
            {test.data.judgment.parts.length > 1 && (
              <p className="quiet">
                It is cut into{' '}
                {test.data.judgment.parts.map((part) => (
                  <code key={part}>{part} </code>
                ))}
              </p>
            )}
            <ul className="plans-units">
              {test.data.judgment.rules.map((look) => (
                <li key={look.id} className={look.hit ? '' : 'quiet'}>
                  {look.hit ? '✓ hits' : '– misses'}: {look.action} {look.rule}: {look.why}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

type Added = Posted<'/request-rules'>;

interface NewRule {
  action: Rule['action'];
  what: (typeof whats)[number];
  pattern: string;
  note: string;
}

function AddRule() {
  const [rule, setRule] = useState<NewRule>({ action: 'ask', what: 'command', pattern: '', note: '' });
  const [force, setForce] = useState(false);
  const body = { action: rule.action, [rule.what]: rule.pattern.trim(), note: rule.note.trim() || null };
  const trial = useAct(() => send<Added>('POST', '/request-rules', { ...body, dry_run: true }), { showsProblem: true });
  const add = useAct(() => send<Added>('POST', '/request-rules', { ...body, force: force || null }), {
    reads: ['rules'],
    showsProblem: true,
    said: () => 'The rule counts from now on.',
    done: () => {
      setRule({ ...rule, pattern: '' });
      trial.reset();
    },
  });
  const error = add.error ?? trial.error;
  return (
    <section className="panel stack-tight" aria-labelledby="rules-add">
      <h3 id="rules-add">Add a rule</h3>
      <form
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(undefined);
        }}
      >
        <RuleFields rule={rule} change={(part) => setRule({ ...rule, ...part })} />
        <span className="row">
          <button type="button" className="button" disabled={rule.pattern.trim() === ''} onClick={() => trial.mutate(undefined)}>
            Try on past requests
          </button>
          <button type="submit" className="button button-main" disabled={rule.pattern.trim() === '' || add.isPending}>
            Add
          </button>
        </span>
      </form>
      <div aria-live="polite" className="stack-tight">
        {error && <p className="state-bad">{wordsOf(error)}</p>}
        {error && (
          <label className="row">
            <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} /> add it all the same
          </label>
        )}
        {trial.data && <Tried of={trial.data.tried} />}
      </div>
    </section>
  );
}

function RuleFields({ rule, change }: { rule: NewRule; change: (part: Partial<NewRule>) => void }) {
  return (
    <>
      <label className="field">
        <span>It does</span>
        <select className="input" value={rule.action} onChange={(event) => change({ action: event.target.value as Rule['action'] })}>
          <option>allow</option>
          <option>ask</option>
          <option>deny</option>
        </select>
      </label>
      <label className="field">
        <span>With a</span>
        <select className="input" value={rule.what} onChange={(event) => change({ what: event.target.value as NewRule['what'] })}>
          {whats.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Pattern</span>
        <input
          className="input mono"
          value={rule.pattern}
          onChange={(event) => change({ pattern: event.target.value })}
          placeholder={rule.what === 'path' ? 'docs/**' : 'git status*'}
          spellCheck={false}
          autoCapitalize="off"
        />
      </label>
      <label className="field">
        <span>Why (an agent that is denied hears it)</span>
        <input className="input" value={rule.note} onChange={(event) => change({ note: event.target.value })} />
      </label>
    </>
  );
}

function Tried({ of }: { of: Added['tried'] }) {
  return (
    <>
      <p>
        Of {counted(of.looked, 'past request')} it would have answered {of.changed}
        {of.contradictions > 0 && <strong className="state-bad">, {of.contradictions} against what a person said</strong>}.
      </p>
      <ul className="plans-units">
        {of.requests.slice(0, 10).map((each) => (
          <li key={each.request_id}>
            {each.contradicts ? '✕' : '•'} <code>{each.text}</code> was {each.state}
            {each.answered_by && ` by ${each.answered_by}`}, would be {each.verdict}
          </li>
        ))}
      </ul>
    </>
  );
}
