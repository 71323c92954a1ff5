/** One line of a diff. Numbers are those of the old and the new file, 1 first; null where the line is not in it. */
export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'note';
  text: string;
  old: number | null;
  now: number | null;
}

export interface Hunk {
  /** What git says of the place: a function's name, for example. */
  about: string;
  old: number;
  now: number;
  lines: DiffLine[];
}

export interface FileDiff {
  path: string;
  /** Of a file that was moved or copied. */
  oldPath: string | null;
  kind: 'changed' | 'added' | 'removed' | 'moved';
  isBinary: boolean;
  mode: string | null;
  hunks: Hunk[];
  added: number;
  removed: number;
}

/** Reads what `git diff` writes. Whatever it does not know it leaves out. Pure. */
export function parseDiff(text: string): FileDiff[] {
  const lines = text.split('\n');
  const files: FileDiff[] = [];
  for (let at = 0; at < lines.length;) {
    if (!lines[at]!.startsWith('diff --git ')) {
      at++;
      continue;
    }
    const taken = takeFile(lines, at);
    files.push(taken.file);
    at = taken.next;
  }
  return files;
}

// diff --git a/src/old.ts b/src/new.ts
// similarity index 90%
// rename from src/old.ts
// rename to src/new.ts
// index 0123456..89abcde 100644
// --- a/src/old.ts
// +++ b/src/new.ts
// @@ -1,3 +1,4 @@ function name()
function takeFile(lines: string[], start: number): { file: FileDiff; next: number } {
  const file: FileDiff = {
    path: nameOfHeader(lines[start]!),
    oldPath: null,
    kind: 'changed',
    isBinary: false,
    mode: null,
    hunks: [],
    added: 0,
    removed: 0,
  };
  let at = start + 1;
  for (; at < lines.length && !lines[at]!.startsWith('diff --git '); at++) {
    const line = lines[at]!;
    if (line.startsWith('@@ ')) {
      at = takeHunk(lines, at, file) - 1;
      continue;
    }
    takeHeader(line, file);
  }
  return { file, next: at };
}

function takeHeader(line: string, file: FileDiff): void {
  if (line.startsWith('new file mode')) file.kind = 'added';
  else if (line.startsWith('deleted file mode')) file.kind = 'removed';
  else if (line.startsWith('rename from ')) [file.oldPath, file.kind] = [unquoted(line.slice(12)), 'moved'];
  else if (line.startsWith('copy from ')) [file.oldPath, file.kind] = [unquoted(line.slice(10)), 'moved'];
  else if (line.startsWith('rename to ') || line.startsWith('copy to ')) file.path = unquoted(line.slice(line.indexOf(' to ') + 4));
  else if (line.startsWith('new mode ')) file.mode = line.slice(9);
  else if (line.startsWith('Binary files ') || line === 'GIT binary patch') file.isBinary = true;
  else if (line.startsWith('+++ ') && !line.startsWith('+++ /dev/null')) file.path = stripped(line.slice(4), 'b/');
  else if (line.startsWith('--- ') && !line.startsWith('--- /dev/null') && file.kind === 'removed')
    file.path = stripped(line.slice(4), 'a/');
}

const counts = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** Reads exactly the lines that the hunk's head announces: a removed line `-- x` is no head of a file. */
function takeHunk(lines: string[], start: number, file: FileDiff): number {
  const head = counts.exec(lines[start]!);
  if (!head) return start + 1;
  let [old, now] = [Number(head[1]), Number(head[3])];
  let [oldLeft, nowLeft] = [Number(head[2] ?? 1), Number(head[4] ?? 1)];
  const hunk: Hunk = { about: head[5] ?? '', old, now, lines: [] };
  let at = start + 1;
  for (; at < lines.length && (oldLeft > 0 || nowLeft > 0 || lines[at]!.startsWith('\\')); at++) {
    const line = lines[at]!;
    const text = line.slice(1);
    if (line.startsWith('+')) {
      hunk.lines.push({ kind: 'added', text, old: null, now: now++ });
      nowLeft--;
      file.added++;
    } else if (line.startsWith('-')) {
      hunk.lines.push({ kind: 'removed', text, old: old++, now: null });
      oldLeft--;
      file.removed++;
    } else if (line.startsWith('\\')) {
      hunk.lines.push({ kind: 'note', text: text.trim(), old: null, now: null });
    } else {
      hunk.lines.push({ kind: 'same', text, old: old++, now: now++ });
      oldLeft--;
      nowLeft--;
    }
  }
  file.hunks.push(hunk);
  return at;
}

// A name with a blank has no end mark in this line: both halves are equal unless the file was moved.
function nameOfHeader(line: string): string {
  const rest = line.slice('diff --git '.length);
  const quoted = /^"(?:[^"\\]|\\.)*" ("(?:[^"\\]|\\.)*")$/.exec(rest);
  if (quoted) return stripped(quoted[1]!, 'b/');
  const middle = rest.indexOf(' b/', Math.floor((rest.length - 1) / 2));
  return middle < 0 ? rest : rest.slice(middle + 3);
}

const stripped = (name: string, prefix: string): string => {
  const whole = unquoted(name.replace(/\t$/, ''));
  return whole.startsWith(prefix) ? whole.slice(prefix.length) : whole;
};

/** A name as git quotes it when it has special signs: "a\tb\303\274". */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  const inside = name.slice(1, -1);
  for (const part of inside.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (part[1]) bytes.push(Number.parseInt(part[1], 8) & 255);
    else
      bytes.push(
        ...encoder.encode(part[2] ? ({ n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' }[part[2]] ?? part[2]) : part[3]!),
      );
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** Lines whose only change is white space count as the same; the new text is shown. */
export function withoutWhitespace(hunk: Hunk): Hunk {
  const lines: DiffLine[] = [];
  for (const block of blocksOf(hunk.lines)) {
    if (Array.isArray(block)) lines.push(...block);
    else if (
      block.removed.length === block.added.length &&
      block.removed.every((line, at) => bare(line.text) === bare(block.added[at]!.text))
    )
      lines.push(
        ...block.added.map((line, at): DiffLine => ({
          kind: 'same',
          text: line.text,
          old: block.removed[at]!.old,
          now: line.now,
        })),
      );
    else lines.push(...block.removed, ...block.added);
  }
  return { ...hunk, lines };
}

const bare = (text: string): string => text.replace(/\s+/g, '');

/** Runs of removed and added lines that belong together, and what is between them. */
export type Block = DiffLine[] | { removed: DiffLine[]; added: DiffLine[] };

export function blocksOf(lines: readonly DiffLine[]): Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const last = blocks.at(-1);
    if (line.kind === 'same' || line.kind === 'note') {
      if (Array.isArray(last)) last.push(line);
      else blocks.push([line]);
    } else if (last && !Array.isArray(last) && !(line.kind === 'removed' && last.added.length > 0)) {
      last[line.kind].push(line);
    } else {
      blocks.push({ removed: [], added: [], [line.kind]: [line] } as Block);
    }
  }
  return blocks;
}

/** Where two versions of a line differ: [from, to) in each, without what both begin and end with. Null when nearly all of it does. */
export function changedPart(old: string, now: string): { old: [number, number]; now: [number, number] } | null {
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  // Never between the halves of one character.
  if (head > 0 && /[\ud800-\udbff]/.test(old[head - 1]!)) head--;
  if (tail > 0 && /[\udc00-\udfff]/.test(old[old.length - tail]!)) tail--;
  const longest = Math.max(old.length, now.length);
  if (longest === 0 || head + tail < longest * 0.25) return null;
  return { old: [head, old.length - tail], now: [head, now.length - tail] };
}

/** The lines of a hunk side by side. */
export function sideBySide(hunk: Hunk): { old: DiffLine | null; now: DiffLine | null }[] {
  return blocksOf(hunk.lines).flatMap((block) =>
    Array.isArray(block)
      ? block.map((line) => ({ old: line, now: line }))
      : Array.from({ length: Math.max(block.removed.length, block.added.length) }, (_, at) => ({
          old: block.removed[at] ?? null,
          now: block.added[at] ?? null,
        })),
  );
}

/** A short number for the content of a file's diff: another one when the content is. Not for secrets. */
export function contentMark(file: FileDiff): string {
  let hash = 0x811c9dc5;
  const add = (text: string): void => {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  };
  add(`${file.path}\n${file.kind}${file.isBinary}${file.mode ?? ''}`);
  for (const hunk of file.hunks) for (const line of hunk.lines) add(`\n${line.kind[0]}${line.text}`);
  return (hash >>> 0).toString(36);
}
