import { memo, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { DiffRows, type Picked } from './DiffRows';
import { contentMark, withoutWhitespace, type FileDiff } from './diffText';
import { counted } from './numbers';
import { cleanLine } from './text';
import './diff.css';

/** How a diff is shown. */
export interface DiffLook {
  split: boolean;
  /** Changes of white space alone are left out. */
  ignoreSpace: boolean;
  wrap: boolean;
}

/** What a view adds to a file of a diff. */
export interface DiffExtras {
  /** Below a line of the new file: comments, findings, an editor. */
  below?: (path: string, line: number) => ReactNode;
  /** Above the first line of a file: what is about the whole of it, or about lines that are not in the diff. */
  above?: (file: FileDiff) => ReactNode;
  /** Lines were picked to say something about. Without it lines cannot be picked. */
  onPick?: (path: string, picked: Picked) => void;
  viewed?: { has: (file: FileDiff) => boolean; set: (file: FileDiff, isViewed: boolean) => void };
}

/** More changed lines than this are not shown before somebody asks. */
const largeLines = 400;
const rowHeight = 20;

/** The files of a diff, one below the other; each is made when it comes near. */
export function Diff({
  files,
  look,
  extras = {},
  shut,
  onShut,
}: {
  files: readonly FileDiff[];
  look: DiffLook;
  extras?: DiffExtras;
  /** Files that are folded. */
  shut: ReadonlySet<string>;
  onShut: (path: string, isShut: boolean) => void;
}) {
  return (
    <div className={`diff${look.wrap ? ' diff-wrap' : ''}`}>
      {files.map((file) => (
        <DiffFile
          key={`${file.path}:${contentMark(file)}`}
          file={file}
          look={look}
          extras={extras}
          isShut={shut.has(file.path)}
          onShut={onShut}
        />
      ))}
    </div>
  );
}

/** The id of a file's element, for the keys and the tree. */
export const fileElementId = (path: string): string => `diff-${encodeURIComponent(path)}`;

const DiffFile = memo(function DiffFile({
  file,
  look,
  extras,
  isShut,
  onShut,
}: {
  file: FileDiff;
  look: DiffLook;
  extras: DiffExtras;
  isShut: boolean;
  onShut: (path: string, isShut: boolean) => void;
}) {
  const isViewed = extras.viewed?.has(file) ?? false;
  return (
    <section
      id={fileElementId(file.path)}
      className={`diff-file${isViewed ? ' diff-viewed' : ''}`}
      aria-label={cleanLine(file.path)}
      data-path={file.path}
      tabIndex={-1}
    >
      <header className="diff-head">
        <button
          type="button"
          className="icon-button"
          aria-expanded={!isShut}
          aria-label={`${isShut ? 'Unfold' : 'Fold'} ${cleanLine(file.path)}`}
          onClick={() => onShut(file.path, !isShut)}
        >
          {isShut ? '▸' : '▾'}
        </button>
        <FileName file={file} />
        <span className="grow" />
        <Counts file={file} />
        {extras.viewed && (
          <label className="diff-tick">
            <input type="checkbox" checked={isViewed} onChange={(event) => extras.viewed!.set(file, event.target.checked)} /> Viewed
          </label>
        )}
      </header>
      {!isShut && <Body file={file} look={look} extras={extras} />}
    </section>
  );
});

function FileName({ file }: { file: FileDiff }) {
  const words = { changed: '', added: 'new', removed: 'removed', moved: 'moved' }[file.kind];
  return (
    <>
      <span className="mono clip diff-name" title={cleanLine(file.path)}>
        {file.oldPath && file.oldPath !== file.path ? `${cleanLine(file.oldPath)} → ` : ''}
        {cleanLine(file.path)}
      </span>
      {words && <span className="tag">{words}</span>}
      {file.mode && <span className="tag">mode {file.mode}</span>}
    </>
  );
}

export function Counts({ file }: { file: Pick<FileDiff, 'added' | 'removed' | 'isBinary'> }) {
  if (file.isBinary) return <span className="quiet">binary</span>;
  return (
    <span className="nowrap diff-counts">
      <span className="state-good">+{file.added}</span> <span className="state-bad">−{file.removed}</span>
    </span>
  );
}

/** Opens by itself when it is near the view; large files when somebody asks. */
function Body({ file, look, extras }: { file: FileDiff; look: DiffLook; extras: DiffExtras }) {
  const changed = file.added + file.removed;
  const [isWanted, want] = useState(false);
  const hunks = useMemo(() => (look.ignoreSpace ? file.hunks.map(withoutWhitespace) : file.hunks), [file, look.ignoreSpace]);
  const place = useRef<HTMLDivElement>(null);
  const isNear = useNear(place);
  const above = extras.above?.(file);
  if (file.isBinary)
    return (
      <>
        {above}
        <p className="diff-note quiet">A binary file: git shows no lines of it.</p>
      </>
    );
  if (file.hunks.length === 0)
    return (
      <>
        {above}
        <p className="diff-note quiet">{file.kind === 'moved' ? 'Moved, and otherwise as it was.' : 'No line was changed.'}</p>
      </>
    );
  if (changed > largeLines && !isWanted)
    return (
      <>
        {above}
        <p className="diff-note">
          <button type="button" className="button button-small" onClick={() => want(true)}>
            Show {counted(changed, 'changed line')}
          </button>{' '}
          <span className="quiet">A large file; it opens when you want it.</span>
        </p>
      </>
    );
  const rows = hunks.reduce((sum, hunk) => sum + hunk.lines.length + 1, 0);
  return (
    <div ref={place} className={isNear ? undefined : 'diff-lazy'} style={isNear ? undefined : { height: rows * rowHeight }}>
      {above}
      {isNear && <DiffRows path={file.path} hunks={hunks} split={look.split} below={extras.below} onPick={extras.onPick} />}
    </div>
  );
}

/** True once an element has come near the view. Near is two screens. */
function useNear(place: React.RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (isNear || !element) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((one) => one.isIntersecting)) setNear(true);
      },
      { rootMargin: '1200px 0px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  });
  return isNear;
}
