import { useEffect, useState } from 'react';
import type { LogText } from './logText';

/** What a search has found so far. */
export interface Found {
  /** Line numbers, ascending, 0 first. */
  lines: readonly number[];
  /** False while lines are still looked at. */
  isWhole: boolean;
}

const none: Found = { lines: [], isWhole: true };
/** Lines looked at before the view gets its turn again. */
const slice = 8_000;

/** Searches a log piece by piece, and what is added to it as it comes. `version` is the log's. */
export function useLogSearch(log: LogText, words: string, version: number): Found {
  const [found, setFound] = useState<Found>(none);
  const [looked, setLooked] = useState({ log, words, upTo: 0 });
  useEffect(() => {
    const goesOn = looked.log === log && looked.words === words;
    if (words === '') {
      if (found !== none) setFound(none);
      if (!goesOn || looked.upTo > 0) setLooked({ log, words, upTo: 0 });
      return;
    }
    const from = goesOn ? looked.upTo : 0;
    // The last line may still grow: it is looked at again.
    const end = Math.max(0, log.count - 1);
    if (goesOn && from >= end && found.isWhole) return;
    const timer = setTimeout(() => {
      const to = Math.min(from + slice, log.count);
      const lines = log.search(words, from, to);
      const isWhole = to >= log.count;
      setFound((before) => ({ lines: [...(goesOn ? before.lines.filter((line) => line < from) : []), ...lines], isWhole }));
      setLooked({ log, words, upTo: isWhole ? Math.max(0, to - 1) : to });
    }, 0);
    return () => clearTimeout(timer);
  }, [log, words, version, looked, found]);
  return words === '' ? none : found;
}
