import { memo, useState } from 'react';
import { Link } from 'wouter';
import type { Run } from '../api/types';
import { runPath } from '../app/routes';
import { spansOf } from '../parts/ansi';
import { Markdown } from '../parts/Markdown';
import { counted } from '../parts/numbers';
import { cleanLine, cut } from '../parts/text';
import { AskedEntry } from './AskedEntry';
import { inputWords, shortInput } from './callWords';
import type { Entry } from './conversation';

/** One thing of the conversation. */
export const EntryView = memo(function EntryView({ entry, run }: { entry: Entry; run: Run }) {
  switch (entry.kind) {
    case 'prompt':
      return <Prompt entry={entry} />;
    case 'said':
      return <Said entry={entry} />;
    case 'thought':
      return <Thought entry={entry} />;
    case 'call':
      return <Call entry={entry} />;
    case 'files':
      return <Files entry={entry} run={run} />;
    case 'plan':
      return <Steps entry={entry} />;
    case 'asked':
      return <AskedEntry entry={entry} />;
    case 'question':
      return (
        <div className="talk-entry talk-asked">
          <Head entry={entry} who="Asks" />
          <Markdown text={entry.text} />
          {entry.options.length > 0 && <p className="quiet">{entry.options.map(cleanLine).join(' · ')}</p>}
        </div>
      );
    case 'printed':
      return <Printed entry={entry} />;
    case 'life':
      return (
        <p className={`talk-life state-${entry.tone}`}>
          <Time at={entry.at} /> <span>{cleanLine(entry.words)}</span>
        </p>
      );
  }
});

type Of<K extends Entry['kind']> = { entry: Entry & { kind: K } };

const Time = ({ at }: { at: string }) => (
  <time className="talk-time" dateTime={at} title={new Date(at).toLocaleString()}>
    {new Date(at).toLocaleTimeString([], { hour12: false })}
  </time>
);

function Head({ entry, who, children }: { entry: Entry; who: string; children?: React.ReactNode }) {
  return (
    <div className="talk-head">
      <Time at={entry.at} />
      <strong>{who}</strong>
      {children}
    </div>
  );
}

/** A prompt of many lines is folded: it is often the whole task with its rules. */
function Prompt({ entry }: Of<'prompt'>) {
  const isLong = entry.text.length > 600;
  const words = { stored: 'not handed over yet', delivered: 'the agent has it', dropped: 'will not be answered' }[entry.delivery];
  return (
    <div className="talk-entry talk-prompt">
      <Head entry={entry} who={entry.role === 'user' ? 'To the agent' : entry.role}>
        <span className="quiet">
          {words}
          {entry.note ? `: ${cleanLine(entry.note)}` : ''}
        </span>
      </Head>
      {isLong ? (
        <details>
          <summary>{cleanLine(cut(entry.text.split('\n').find((line) => line.trim() !== '') ?? '', 160))}</summary>
          <Markdown text={entry.text} />
        </details>
      ) : (
        <Markdown text={entry.text} />
      )}
      {entry.truncated && <Cut />}
    </div>
  );
}

const Cut = () => <p className="quiet">Cut: the raw output has the rest.</p>;

function Said({ entry }: Of<'said' | 'thought'>) {
  return (
    <div className="talk-entry talk-said" aria-busy={entry.live || undefined}>
      <Head entry={entry} who="Says">
        {entry.live && <span className="quiet">…</span>}
      </Head>
      <Markdown text={entry.text} />
      {entry.truncated && <Cut />}
    </div>
  );
}

function Thought({ entry }: Of<'said' | 'thought'>) {
  return (
    <details className="talk-entry talk-thought">
      <summary>
        <Time at={entry.at} /> Thinks{entry.live ? ' …' : ''} <span className="quiet">{cleanLine(cut(entry.text, 120))}</span>
      </summary>
      <Markdown text={entry.text} />
      {entry.truncated && <Cut />}
    </details>
  );
}

/** A tool call: one line, with what went in and what came back when it is opened. A failed one is open. */
function Call({ entry }: Of<'call'>) {
  const { result } = entry;
  const [isOpen, setOpen] = useState<boolean | null>(null);
  const failed = result?.failed === true;
  return (
    <details
      className={`talk-entry talk-call${failed ? ' talk-failed' : ''}`}
      open={isOpen ?? failed}
      onToggle={(event) => {
        if (event.currentTarget.open !== (isOpen ?? failed)) setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <Time at={entry.at} /> <strong>{cleanLine(entry.name || 'Result of an earlier call')}</strong>{' '}
        <code className="clip">{shortInput(entry.input)}</code>
        <span className={result ? (failed ? 'state-bad' : 'state-good') : 'state-busy'}>{resultWords(entry)}</span>
      </summary>
      {entry.input !== null && entry.input !== undefined && (
        <pre className="talk-block" tabIndex={0} role="region" aria-label="Input">
          {inputWords(entry.input)}
        </pre>
      )}
      {(result || entry.live) && (
        <pre className="talk-block" tabIndex={0} role="region" aria-label="Result">
          <Ansi text={result?.output ?? entry.live} />
        </pre>
      )}
      {result?.truncated && <Cut />}
    </details>
  );
}

function resultWords({ result, live }: Entry & { kind: 'call' }): string {
  if (!result) return live ? '… printing' : '… running';
  if (result.exitCode !== null) return `${result.failed ? '✕' : '✓'} exit ${result.exitCode}`;
  return result.failed ? '✕ failed' : '✓';
}

/** Output of a tool with its colours; of a very long one the beginning and the end. */
function Ansi({ text }: { text: string }) {
  const lines = text.replace(/\n+$/, '').split('\n');
  const shown = lines.length <= 200 ? lines : [...lines.slice(0, 100), `… ${lines.length - 200} lines …`, ...lines.slice(-100)];
  return (
    <>
      {shown.map((line, at) => (
        <span key={at}>
          {spansOf(line).spans.map((span, no) => (
            <span
              key={no}
              style={
                span.style.fore === null
                  ? undefined
                  : {
                      color: typeof span.style.fore === 'number' && span.style.fore < 16 ? `var(--ansi-${span.style.fore})` : undefined,
                    }
              }
            >
              {span.text}
            </span>
          ))}
          {'\n'}
        </span>
      ))}
    </>
  );
}

function Files({ entry, run }: Of<'files'> & { run: Run }) {
  const signs: Record<string, string> = { add: '+', create: '+', delete: '−', remove: '−' };
  return (
    <div className="talk-entry talk-files">
      <Head entry={entry} who={`Changed ${counted(entry.changes.length, 'file')}`}>
        <Link href={runPath(run.id, 'changes')}>diff</Link>
      </Head>
      <ul className="talk-list">
        {entry.changes.slice(0, 30).map((change, at) => (
          <li key={at}>
            <span aria-hidden="true">{signs[change.kind] ?? '±'}</span> <span className="mono">{cleanLine(change.path)}</span>{' '}
            <span className="quiet">{cleanLine(change.kind)}</span>
          </li>
        ))}
      </ul>
      {entry.changes.length > 30 && <p className="quiet">and {entry.changes.length - 30} more</p>}
    </div>
  );
}

function Steps({ entry }: Of<'plan'>) {
  const done = entry.steps.filter((step) => step.done).length;
  if (!entry.isLast)
    return (
      <p className="talk-life">
        <Time at={entry.at} />{' '}
        <span>
          Its plan then: {done} of {entry.steps.length} done
        </span>
      </p>
    );
  return (
    <div className="talk-entry talk-plan">
      <Head entry={entry} who="Plan">
        <span className="quiet">
          {done} of {entry.steps.length} done
        </span>
      </Head>
      <ul className="talk-list">
        {entry.steps.map((step, at) => (
          <li key={at} className={step.done ? 'quiet' : undefined}>
            <span role="img" aria-label={step.done ? 'done' : 'open'}>
              {step.done ? '☑' : '☐'}
            </span>{' '}
            {cleanLine(step.text)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Printed({ entry }: Of<'printed'>) {
  return (
    <pre className={`talk-printed${entry.stream === 'stderr' ? ' talk-err' : ''}`}>
      {entry.stream === 'stderr' && <span className="hidden-text">On standard error: </span>}
      <Ansi text={entry.lines.join('\n')} />
    </pre>
  );
}
