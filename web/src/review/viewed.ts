import { useMemo, useState } from 'react';
import { contentMark, type FileDiff } from '../parts/diffText';

/** Marks of more items than this are not kept. */
const mostItems = 50;
const kept = 'viewed';

type Marks = Record<string, string[]>;

function read(): Marks {
  try {
    const marks: unknown = JSON.parse(localStorage.getItem(kept) ?? '{}');
    return typeof marks === 'object' && marks !== null ? (marks as Marks) : {};
  } catch {
    return {};
  }
}

/** Which files of an item were viewed as they are now: kept in this browser, by their content. One that changes is to be viewed again. */
export function useViewed(itemId: string): {
  has: (file: FileDiff) => boolean;
  set: (file: FileDiff, isViewed: boolean) => void;
} {
  const [marks, setMarks] = useState(() => new Set(read()[itemId] ?? []));
  return useMemo(
    () => ({
      has: (file: FileDiff) => marks.has(contentMark(file)),
      set: (file: FileDiff, isViewed: boolean) => {
        const next = new Set(marks);
        if (isViewed) next.add(contentMark(file));
        else next.delete(contentMark(file));
        setMarks(next);
        const { [itemId]: _, ...others } = read();
        localStorage.setItem(
          kept,
          JSON.stringify(Object.fromEntries([...Object.entries(others).slice(1 - mostItems), [itemId, [...next]]])),
        );
      },
    }),
    [itemId, marks],
  );
}
