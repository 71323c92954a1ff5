import { useMemo } from 'react';
import { Counts, fileElementId } from '../parts/Diff';
import type { FileDiff } from '../parts/diffText';
import { counted } from '../parts/numbers';
import { cleanLine } from '../parts/text';
import type { Placed } from './findings';
import { treeRows } from './tree';

/** What changed, as a tree with a filter. Choosing a file goes to it. */
export function FileTree({
  all,
  files,
  words,
  setWords,
  at,
  placed,
  isViewed,
  go,
}: {
  all: readonly FileDiff[];
  files: readonly FileDiff[];
  words: string;
  setWords: (words: string) => void;
  at: string | null;
  placed: Placed;
  isViewed: (file: FileDiff) => boolean;
  go: (path: string) => void;
}) {
  const rows = useMemo(() => treeRows(files), [files]);
  const viewed = all.filter(isViewed).length;
  return (
    <nav className="review-tree" aria-label="Files">
      <input
        id="review-filter"
        type="search"
        className="input"
        aria-label="Filter files"
        placeholder="Filter files  /"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <p className="quiet" role="status">
        {files.length < all.length ? `${files.length} of ` : ''}
        {counted(all.length, 'file')}, {viewed} viewed
      </p>
      <ul>
        {rows.map((row) => (
          <li key={row.path} style={{ paddingLeft: `${row.depth * 0.8}rem` }}>
            {row.file ? (
              <a
                href={`#${fileElementId(row.path)}`}
                className="review-file"
                aria-current={row.path === at ? 'true' : undefined}
                title={cleanLine(row.path)}
                onClick={(event) => {
                  event.preventDefault();
                  go(row.path);
                }}
              >
                <span className="clip grow">
                  {isViewed(row.file) ? (
                    <span role="img" aria-label="viewed">
                      ✓{' '}
                    </span>
                  ) : (
                    ''
                  )}
                  {cleanLine(row.name)}
                </span>
                <Remarks of={placed.files.get(row.path)} />
                <Counts file={row.file} />
              </a>
            ) : (
              <span className="quiet clip">{cleanLine(row.name)}/</span>
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Remarks({ of }: { of: ReturnType<Placed['files']['get']> }) {
  const count = of ? of.outside.length + [...of.at.values()].reduce((sum, here) => sum + here.length, 0) : 0;
  return count > 0 ? (
    <span className="tag state-warn" title={counted(count, 'remark')}>
      {count}
      <span className="hidden-text"> remarks</span>
    </span>
  ) : null;
}
