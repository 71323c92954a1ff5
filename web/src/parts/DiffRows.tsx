import { Fragment, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { blocksOf, changedPart, sideBySide, type DiffLine, type Hunk } from './diffText';
import { clean } from './text';

/** Lines somebody wants to say something about. */
export interface Picked {
  /** Lines of the new file, 1 first; `line` is the first. */
  line: number;
  endLine: number | null;
  /** What was picked on the old side: it is not in the new file and is quoted. */
  removed: string | null;
}

interface RowsOf {
  path: string;
  hunks: readonly Hunk[];
  split: boolean;
  below?: ((path: string, line: number) => ReactNode) | undefined;
  onPick?: ((path: string, picked: Picked) => void) | undefined;
}

/** The lines of one file: a table, so that numbers and text stay together for everybody. */
export function DiffRows({ path, hunks, split, below, onPick }: RowsOf) {
  const lines = useMemo(() => hunks.flatMap((hunk) => hunk.lines), [hunks]);
  const index = useMemo(() => new Map(lines.map((line, at) => [line, at])), [lines]);
  const marks = useMemo(() => marksOf(hunks), [hunks]);
  const pick = usePicking(lines, (from, to) => onPick?.(path, pickedOf(lines.slice(from, to + 1), lines, from)));
  const row: RowTools = { marks, index, isPicked: pick.has, canPick: onPick !== undefined, cursor: pick.cursor };
  return (
    <div className="diff-scroll" tabIndex={0} role="region" aria-label={`Lines of ${path}`}>
      <table className={split ? 'diff-table diff-split' : 'diff-table'} {...(onPick ? pick.handlers : {})}>
        <caption className="hidden-text">Old line, new line, text</caption>
        <colgroup>
          {(split ? ['no', '', 'no', ''] : ['no', 'no', '']).map((name, at) => (
            <col key={at} className={name ? 'diff-col-no' : undefined} />
          ))}
        </colgroup>
        <tbody>
          {hunks.map((hunk, no) => (
            <Fragment key={no}>
              <tr className="diff-hunk" data-hunk tabIndex={-1}>
                <td colSpan={split ? 4 : 3}>
                  ⋯ line {hunk.now}
                  {hunk.about ? ` · ${clean(hunk.about)}` : ''}
                </td>
              </tr>
              {split
                ? sideBySide(hunk).map(({ old, now }, at) => (
                    <Fragment key={at}>
                      <SplitRow old={old} now={now} tools={row} />
                      {now?.now !== null && now?.now !== undefined && <Below of={below?.(path, now.now)} columns={4} />}
                    </Fragment>
                  ))
                : hunk.lines.map((line, at) => (
                    <Fragment key={at}>
                      <UnifiedRow line={line} tools={row} />
                      {line.now !== null && <Below of={below?.(path, line.now)} columns={3} />}
                    </Fragment>
                  ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Below = ({ of, columns }: { of: ReactNode; columns: number }) =>
  of ? (
    <tr className="diff-below">
      <td colSpan={columns}>{of}</td>
    </tr>
  ) : null;

interface RowTools {
  marks: ReadonlyMap<DiffLine, [number, number]>;
  index: ReadonlyMap<DiffLine, number>;
  isPicked: (at: number) => boolean;
  canPick: boolean;
  /** The line the keys are at. */
  cursor: number;
}

const signs = { same: ' ', added: '+', removed: '−', note: ' ' } as const;
const spoken = { same: '', added: 'added: ', removed: 'removed: ', note: '' } as const;

function UnifiedRow({ line, tools }: { line: DiffLine; tools: RowTools }) {
  const at = tools.index.get(line)!;
  return (
    <tr className={`diff-${line.kind}${tools.isPicked(at) ? ' diff-picked' : ''}`} data-at={at}>
      <td className="diff-no">{line.old}</td>
      <NewNumber line={line} at={at} tools={tools} />
      <Text line={line} tools={tools} />
    </tr>
  );
}

function SplitRow({ old, now, tools }: { old: DiffLine | null; now: DiffLine | null; tools: RowTools }) {
  const at = tools.index.get((now ?? old)!)!;
  const picked = tools.isPicked(at) ? ' diff-picked' : '';
  const isSame = old === now;
  return (
    <tr className={picked} data-at={at}>
      {old ? (
        <>
          <td className={`diff-no diff-${old.kind}`}>
            {isSame ? old.old : now ? old.old : <Pick line={old} at={at} tools={tools} words={String(old.old)} />}
          </td>
          <Text line={old} tools={tools} side />
        </>
      ) : (
        <>
          <td className="diff-no diff-none" />
          <td className="diff-none" />
        </>
      )}
      {now ? (
        <>
          <NewNumber line={now} at={at} tools={tools} side />
          <Text line={now} tools={tools} side />
        </>
      ) : (
        <>
          <td className="diff-no diff-none" />
          <td className="diff-none" />
        </>
      )}
    </tr>
  );
}

function NewNumber({ line, at, tools, side = false }: { line: DiffLine; at: number; tools: RowTools; side?: boolean }) {
  const words = line.now === null ? '' : String(line.now);
  return (
    <td className={side ? `diff-no diff-${line.kind}` : 'diff-no'}>
      {tools.canPick && line.kind !== 'note' ? <Pick line={line} at={at} tools={tools} words={words} /> : words}
    </td>
  );
}

/** The number of a line as what picks it: by mouse, by Enter, with shift up to here. */
function Pick({ line, at, tools, words }: { line: DiffLine; at: number; tools: RowTools; words: string }) {
  return (
    <button
      type="button"
      className="diff-pick"
      data-pick={at}
      tabIndex={at === tools.cursor ? 0 : -1}
      aria-label={`Comment on ${line.now === null ? `removed line ${line.old}` : `line ${line.now}`}`}
    >
      {words || '·'}
    </button>
  );
}

function Text({ line, tools, side = false }: { line: DiffLine; tools: RowTools; side?: boolean }) {
  const mark = tools.marks.get(line);
  return (
    <td className={side ? `diff-text diff-${line.kind}` : 'diff-text'}>
      <span className="diff-sign" aria-hidden="true">
        {signs[line.kind]}
      </span>
      {spoken[line.kind] && <span className="hidden-text">{spoken[line.kind]}</span>}
      {mark ? (
        <>
          {clean(line.text.slice(0, mark[0]))}
          <span className="diff-mark">{clean(line.text.slice(...mark))}</span>
          {clean(line.text.slice(mark[1]))}
        </>
      ) : (
        clean(line.text)
      )}
    </td>
  );
}

/** What changed within lines that were changed one for one. */
function marksOf(hunks: readonly Hunk[]): Map<DiffLine, [number, number]> {
  const marks = new Map<DiffLine, [number, number]>();
  for (const hunk of hunks)
    for (const block of blocksOf(hunk.lines)) {
      if (Array.isArray(block) || block.removed.length !== block.added.length || block.removed.length > 50) continue;
      block.removed.forEach((old, at) => {
        const now = block.added[at]!;
        const part = old.text.length + now.text.length < 2_000 ? changedPart(old.text, now.text) : null;
        if (!part) return;
        marks.set(old, part.old);
        marks.set(now, part.now);
      });
    }
  return marks;
}

/** Where in the new file a choice of lines is. Of removed lines alone it is the line after them. Pure. */
export function pickedOf(picked: readonly DiffLine[], all: readonly DiffLine[], from: number): Picked {
  const now = picked.map((line) => line.now).filter((line) => line !== null);
  const removed =
    picked
      .filter((line) => line.kind === 'removed')
      .map((line) => line.text)
      .join('\n') || null;
  if (now.length > 0) return { line: now[0]!, endLine: now.length > 1 ? now.at(-1)! : null, removed };
  const after = all.slice(from).find((line) => line.now !== null)?.now ?? all.findLast((line) => line.now !== null)?.now ?? 1;
  return { line: after, endLine: null, removed };
}

/** Picking lines: by dragging over the numbers, by shift and a click, by the arrow keys and Enter. */
function usePicking(lines: readonly DiffLine[], done: (from: number, to: number) => void) {
  const [range, setRange] = useState<[number, number] | null>(null);
  const [isDragging, setDragging] = useState(false);
  const [cursor, setCursor] = useState(() =>
    Math.max(
      0,
      lines.findIndex((line) => line.kind !== 'same'),
    ),
  );
  const has = (at: number): boolean => range !== null && at >= Math.min(...range) && at <= Math.max(...range);
  const finish = (to: [number, number]): void => {
    setRange(to);
    done(Math.min(...to), Math.max(...to));
  };
  const lineAt = (target: EventTarget, within: string): number => {
    const found = target instanceof Element ? target.closest<HTMLElement>(within) : null;
    return found ? numberOf(found.dataset['pick'] ?? found.dataset['at']) : -1;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = lineAt(event.target, '[data-pick]');
    if (at < 0) return;
    if (event.key === 'Enter' || event.key === 'c') finish(range && has(at) ? range : [at, at]);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = Math.max(0, Math.min(lines.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)));
      setRange(event.shiftKey ? [range?.[0] ?? at, next] : null);
      setCursor(next);
      event.currentTarget.querySelector<HTMLElement>(`[data-pick="${next}"]`)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    has,
    cursor,
    handlers: {
      onKeyDown,
      onPointerDown: (event: React.PointerEvent) => {
        const at = lineAt(event.target, '[data-pick]');
        // A finger that moves scrolls; what it picks is said by its click.
        if (at < 0 || event.button !== 0 || event.pointerType === 'touch') return;
        event.preventDefault();
        setRange(event.shiftKey && range ? [range[0], at] : [at, at]);
        setCursor(at);
        setDragging(true);
      },
      onPointerOver: (event: React.PointerEvent) => {
        const at = isDragging ? lineAt(event.target, '[data-at]') : -1;
        if (at >= 0 && range) setRange([range[0], at]);
      },
      onPointerUp: () => {
        if (isDragging && range) finish(range);
        setDragging(false);
      },
      onPointerLeave: () => setDragging(false),
      onClick: (event: React.MouseEvent) => {
        const at = lineAt(event.target, '[data-pick]');
        if (at < 0 || (event.nativeEvent as PointerEvent).pointerType !== 'touch') return;
        setCursor(at);
        finish([at, at]);
      },
    },
  };
}

const numberOf = (text: string | undefined): number => (text === undefined ? -1 : Number(text));
