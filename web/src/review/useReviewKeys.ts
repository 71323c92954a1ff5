import { useLayoutEffect, useMemo, useRef } from 'react';
import { useCommands, type Command } from '../app/commands';
import type { DiffLook } from '../parts/Diff';
import type { FileDiff } from '../parts/diffText';
import type { Decision } from './findings';
import { goHunk, pathInSight, pickHere } from './keys';

export type Asked = Decision | 'deliver';

interface Keys {
  shown: readonly FileDiff[];
  at: string | null;
  goTo: (path: string) => void;
  ask: (what: Asked) => void;
  /** The item is in review. */
  canDecide: boolean;
  look: DiffLook;
  setLook: (change: Partial<DiffLook>) => void;
  toggleViewed: (file: FileDiff) => void;
}

/** Everything of a review by keys. */
export function useReviewKeys(keys: Keys): void {
  const now = useRef(keys);
  useLayoutEffect(() => {
    now.current = keys;
  });
  const { canDecide } = keys;
  useCommands(
    useMemo<Command[]>(() => {
      const step = (by: 1 | -1) => () => {
        const { shown, goTo } = now.current;
        const here = shown.findIndex((file) => file.path === pathInSight());
        const next =
          shown[
            Math.max(0, Math.min(shown.length - 1, document.activeElement?.closest('.diff-file') || by < 0 ? here + by : Math.max(0, here)))
          ];
        if (next) goTo(next.path);
      };
      const group = 'Review';
      return [
        { id: 'review.next-file', title: 'Next file', group, keys: 'j', run: step(1) },
        { id: 'review.previous-file', title: 'Previous file', group, keys: 'k', run: step(-1) },
        { id: 'review.next-hunk', title: 'Next change', group, keys: 'n', run: () => goHunk(1) },
        { id: 'review.previous-hunk', title: 'Previous change', group, keys: 'p', run: () => goHunk(-1) },
        { id: 'review.comment', title: 'Comment here', group, keys: 'c', run: pickHere },
        {
          id: 'review.viewed',
          title: 'Viewed, or not',
          group,
          keys: 'v',
          run: () => {
            const file = now.current.shown.find((one) => one.path === pathInSight());
            if (file) now.current.toggleViewed(file);
          },
        },
        {
          id: 'review.filter',
          title: 'Filter files',
          group,
          keys: '/',
          run: () => document.getElementById('review-filter')?.focus(),
        },
        {
          id: 'review.split',
          title: 'Unified or split',
          group,
          keys: 's',
          run: () => now.current.setLook({ split: !now.current.look.split }),
        },
        {
          id: 'review.space',
          title: 'Hide or show white space',
          group,
          keys: 'w',
          run: () => now.current.setLook({ ignoreSpace: !now.current.look.ignoreSpace }),
        },
        { id: 'review.deliver', title: 'Merge or pull request …', group, keys: 'm', run: () => now.current.ask('deliver') },
        { id: 'review.fix', title: 'Send back to the agent …', group, keys: 'f', run: () => now.current.ask('fix') },
        ...(canDecide
          ? [
              { id: 'review.accept', title: 'Accept …', group, keys: 'a', run: () => now.current.ask('accept') },
              {
                id: 'review.again',
                title: 'Let reviewers look once more …',
                group,
                keys: 'r',
                run: () => now.current.ask('again'),
              },
              { id: 'review.block', title: 'Set the item aside …', group, keys: 'b', run: () => now.current.ask('block') },
              {
                id: 'review.reject',
                title: 'Give the item up …',
                group,
                keys: 'shift+x',
                run: () => now.current.ask('reject'),
              },
            ]
          : []),
      ];
    }, [canDecide]),
  );
}
