import { lengthOf } from '../parts/Time';

/** One thing with a beginning and an end (GET /items/{id}/timeline). */
export interface Span {
  id: string;
  parent: string | null;
  kind: string;
  title: string;
  state: string | null;
  is_wait: boolean;
  is_human: boolean;
  from: string;
  to: string | null;
  run_id: string | null;
}

/** What part of the time is in sight, ms since 1970. */
export interface Window {
  from: number;
  to: number;
}

/** One line of the drawing. */
export interface Row {
  span: Span;
  depth: number;
  hasBelow: boolean;
}

const begin = (span: Span): number => Date.parse(span.from);
const end = (span: Span, now: number): number => (span.to === null ? Math.max(now, begin(span)) : Date.parse(span.to));

/** How long it took, or takes so far; of less than ten seconds more exactly. */
export function tookWords(span: Span, now: number): string {
  const ms = end(span, now) - begin(span);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : lengthOf(ms);
}

/** From the first beginning to the last end, never shorter than a second. */
export function extent(spans: readonly Span[], now: number): Window {
  if (spans.length === 0) return { from: now - 1_000, to: now };
  const from = spans.reduce((least, span) => Math.min(least, begin(span)), Number.POSITIVE_INFINITY);
  const to = spans.reduce((most, span) => Math.max(most, end(span, now)), from + 1_000);
  return { from, to };
}

/** The lines that are shown when some are folded. Spans come in order, each after the one it is below. */
export function rowsOf(spans: readonly Span[], folded: ReadonlySet<string>): Row[] {
  const withBelow = new Set(spans.map((span) => span.parent).filter((parent) => parent !== null));
  const known = new Map<string, { depth: number; isHidden: boolean }>();
  const rows: Row[] = [];
  for (const span of spans) {
    const above = span.parent === null ? undefined : known.get(span.parent);
    const depth = above ? above.depth + 1 : 0;
    const isHidden = above ? above.isHidden || folded.has(span.parent!) : false;
    known.set(span.id, { depth, isHidden });
    if (!isHidden) rows.push({ span, depth, hasBelow: withBelow.has(span.id) });
  }
  return rows;
}

/** Narrower than this nobody sees or hits a bar. */
const leastWidth = 3;

/** Where a span's bar is, in a drawing of this width; null when it is not in sight. */
export function barOf(span: Span, window: Window, width: number, now: number): { x: number; width: number } | null {
  const place = (ms: number): number => ((ms - window.from) / (window.to - window.from)) * width;
  const [left, right] = [place(begin(span)), place(end(span, now))];
  if (right < 0 || left > width) return null;
  const x = Math.max(0, left);
  const wide = Math.max(leastWidth, Math.min(width, right) - x);
  const round = (pixels: number): number => Math.round(pixels * 100) / 100;
  return { x: round(Math.min(x, width - leastWidth)), width: round(wide) };
}

const stepsMs = [
  100, 250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000,
  14_400_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
];

/** Marks of the axis: round lengths from its beginning, at least so many pixels apart. */
export function ticksOf(window: Window, origin: number, width: number, apart = 90): { x: number; ms: number }[] {
  const span = window.to - window.from;
  const most = Math.max(1, Math.floor(width / apart));
  const step = stepsMs.find((ms) => span / ms <= most) ?? Math.ceil(span / most / 604_800_000) * 604_800_000;
  const ticks: { x: number; ms: number }[] = [];
  for (let at = Math.ceil((window.from - origin) / step) * step; origin + at <= window.to; at += step)
    ticks.push({ x: ((origin + at - window.from) / span) * width, ms: at });
  return ticks;
}

/** Nearer or farther around a point of the view (0 its left edge, 1 its right one), within the whole. */
export function zoomed(window: Window, whole: Window, factor: number, around = 0.5): Window {
  const length = Math.min(whole.to - whole.from, Math.max(100, (window.to - window.from) * factor));
  const pivot = window.from + (window.to - window.from) * around;
  return within({ from: pivot - length * around, to: pivot + length * (1 - around) }, whole);
}

/** Along by a part of what is in sight. */
export const panned = (window: Window, whole: Window, part: number): Window => {
  const by = (window.to - window.from) * part;
  return within({ from: window.from + by, to: window.to + by }, whole);
};

function within(window: Window, whole: Window): Window {
  const length = window.to - window.from;
  const from = Math.max(whole.from, Math.min(window.from, whole.to - length));
  return { from, to: from + length };
}

/** Stretches that do not overlap, in order. */
export function union(spans: readonly Span[], now: number): Window[] {
  const sorted = spans.map((span) => ({ from: begin(span), to: end(span, now) })).sort((a, b) => a.from - b.from);
  const joined: Window[] = [];
  for (const one of sorted) {
    const last = joined.at(-1);
    if (last && one.from <= last.to) last.to = Math.max(last.to, one.to);
    else joined.push({ ...one });
  }
  return joined;
}

/** What is in the first and in none of the second. */
export function without(stretches: readonly Window[], others: readonly Window[]): Window[] {
  let left = stretches.map((one) => ({ ...one }));
  for (const other of others)
    left = left.flatMap((one) =>
      other.to <= one.from || other.from >= one.to
        ? [one]
        : [
            { from: one.from, to: other.from },
            { from: other.to, to: one.to },
          ].filter((part) => part.to > part.from),
    );
  return left;
}

export const lengthOfAll = (stretches: readonly Window[]): number => stretches.reduce((sum, one) => sum + one.to - one.from, 0);

/** How the time went: somebody worked, a person was waited for, something else was. Every moment counts once, in that order. */
export function shares(spans: readonly Span[], now: number): { worked: number; human: number; waited: number } {
  const isWork = (span: Span): boolean => ['tool', 'check', 'delivery'].includes(span.kind);
  const pauses = union(
    spans.filter((span) => ['wait', 'queue'].includes(span.kind)),
    now,
  );
  const running = without(
    union(
      spans.filter((span) => span.kind === 'run'),
      now,
    ),
    pauses,
  );
  const worked = union([...running.map(asSpan), ...spans.filter(isWork)], now);
  const human = without(
    union(
      spans.filter((span) => span.is_human),
      now,
    ),
    worked,
  );
  const waited = without(
    without(
      union(
        spans.filter((span) => span.is_wait),
        now,
      ),
      worked,
    ),
    human,
  );
  return { worked: lengthOfAll(worked), human: lengthOfAll(human), waited: lengthOfAll(waited) };
}

const asSpan = (stretch: Window): Span => ({
  id: '',
  parent: null,
  kind: '',
  title: '',
  state: null,
  is_wait: false,
  is_human: false,
  from: new Date(stretch.from).toISOString(),
  to: new Date(stretch.to).toISOString(),
  run_id: null,
});
