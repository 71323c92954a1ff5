import type { ReactNode } from 'react';
import type { DiffLook } from './Diff';
import { Toggle } from './Log';
import { useUrlState } from './urlState';

/** How diffs are shown, kept in the address. */
export function useDiffLook(): [DiffLook, (change: Partial<DiffLook>) => void] {
  const [view, setView] = useUrlState('diff', 'unified');
  const [space, setSpace] = useUrlState('space', 'show');
  const [wrap, setWrap] = useUrlState('wrap', 'yes');
  const look = { split: view === 'split', ignoreSpace: space === 'hide', wrap: wrap === 'yes' };
  return [
    look,
    (change) => {
      if (change.split !== undefined) setView(change.split ? 'split' : 'unified');
      if (change.ignoreSpace !== undefined) setSpace(change.ignoreSpace ? 'hide' : 'show');
      if (change.wrap !== undefined) setWrap(change.wrap ? 'yes' : 'no');
    },
  ];
}

export function DiffBar({ look, set, children }: { look: DiffLook; set: (change: Partial<DiffLook>) => void; children?: ReactNode }) {
  return (
    <div className="row diff-bar" role="group" aria-label="How the diff is shown">
      <Toggle on={look.split} set={(split) => set({ split })}>
        Split
      </Toggle>
      <Toggle on={look.ignoreSpace} set={(ignoreSpace) => set({ ignoreSpace })}>
        Hide white space
      </Toggle>
      <Toggle on={look.wrap} set={(wrap) => set({ wrap })}>
        Wrap
      </Toggle>
      {children}
    </div>
  );
}
