import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Run } from '../api/types';
import { reviewPath } from '../app/routes';
import { Diff } from '../parts/Diff';
import { DiffBar, useDiffLook } from '../parts/DiffBar';
import { counted } from '../parts/numbers';
import { Empty, Reading } from '../parts/Reading';
import { diffQuery } from '../review/queries';
import { isOpen } from './filters';

/** What the run changed. */
export default function ChangesTab({ run }: { run: Run }) {
  const diff = useQuery(diffQuery(run.id));
  const [look, setLook] = useDiffLook();
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set());
  const onShut = useMemo(
    () => (path: string, isShut: boolean) =>
      setShut((before) => {
        const next = new Set(before);
        if (isShut) next.add(path);
        else next.delete(path);
        return next;
      }),
    [],
  );
  return (
    <Reading of={diff}>
      {(files) =>
        files.length === 0 ? (
          <Empty>
            {isOpen(run.status)
              ? 'The diff is made when the run has ended. Files it tells of are in the conversation.'
              : 'This run changed nothing.'}
          </Empty>
        ) : (
          <>
            <DiffBar look={look} set={setLook}>
              <button
                type="button"
                className="button button-small"
                onClick={() => setShut(shut.size > 0 ? new Set() : new Set(files.map((file) => file.path)))}
              >
                {shut.size > 0 ? 'Unfold all' : 'Fold all'}
              </button>
              <span className="quiet">{counted(files.length, 'file')}</span>
              {run.item_id && <Link href={reviewPath(run.item_id)}>Review with comments</Link>}
            </DiffBar>
            <Diff files={files} look={look} shut={shut} onShut={onShut} />
          </>
        )
      }
    </Reading>
  );
}
