import { useSyncExternalStore } from 'react';

/** One clock for all relative times of the page. */
const everyMs = 5_000;
let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = Date.now();
    watchers.forEach((each) => each());
  }, everyMs);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** A length of time as people say it: 8 s, 5 min, 3 h 10 min, 2 d. */
export function lengthOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}

/** How long ago; the tooltip has the time itself. */
export function Ago({ at }: { at: string | null | undefined }) {
  const current = useNow();
  if (!at) return null;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()} className="nowrap">
      {lengthOf(current - Date.parse(at))} ago
    </time>
  );
}

/** How long from one time to another, or until now. */
export function Lasting({ from, to }: { from: string | null | undefined; to?: string | null | undefined }) {
  const current = useNow();
  if (!from) return null;
  return <span className="nowrap">{lengthOf((to ? Date.parse(to) : Math.max(current, Date.parse(from))) - Date.parse(from))}</span>;
}
