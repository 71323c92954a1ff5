import { linkOf } from './text';

/** A small safe subset of Markdown as data. Whatever is not in it stays text; HTML is text. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'em' | 'gone'; inside: Inline[] }
  | { kind: 'link'; href: string; host: string; inside: Inline[] }
  | { kind: 'break' };

export type Block =
  | { kind: 'heading'; depth: number; inside: Inline[] }
  | { kind: 'paragraph'; inside: Inline[] }
  | { kind: 'code'; language: string; text: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: { done: boolean | null; blocks: Block[] }[] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'line' };

/** Deeper nesting stays text: nobody reads it, and it costs. */
const deepest = 8;

interface Cursor {
  lines: string[];
  at: number;
}

const heading = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$/;
const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*$/;
const rule = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const quote = /^ {0,3}> ?/;
const bullet = /^( *)([-*+]|\d{1,9}[.)])( +|$)(.*)$/;
const tableLine = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** The blocks of a text. Linear in its length but for nesting, which is bounded. */
export function parseMarkdown(text: string): Block[] {
  return withDepths(blocksOf({ lines: text.split('\n'), at: 0 }, 0));
}

function blocksOf(cursor: Cursor, level: number): Block[] {
  const blocks: Block[] = [];
  while (cursor.at < cursor.lines.length) {
    const line = cursor.lines[cursor.at]!;
    if (line.trim() === '') {
      cursor.at++;
      continue;
    }
    blocks.push(fenced(cursor) ?? single(cursor) ?? quoted(cursor, level) ?? listed(cursor, level) ?? tabled(cursor) ?? paragraph(cursor));
  }
  return blocks;
}

// ```ts
// const a = 1;
// ```
function fenced(cursor: Cursor): Block | null {
  const open = fence.exec(cursor.lines[cursor.at]!);
  if (!open) return null;
  const mark = open[1]!;
  const body: string[] = [];
  for (cursor.at++; cursor.at < cursor.lines.length; cursor.at++) {
    const line = cursor.lines[cursor.at]!;
    const trimmed = line.trim();
    if (trimmed.length >= mark.length && trimmed === mark[0]!.repeat(trimmed.length)) {
      cursor.at++;
      break;
    }
    body.push(line);
  }
  return { kind: 'code', language: open[2]!, text: body.join('\n') };
}

function single(cursor: Cursor): Block | null {
  const line = cursor.lines[cursor.at]!;
  const title = line.length < 1_000 ? heading.exec(line) : null;
  if (title) {
    cursor.at++;
    return { kind: 'heading', depth: title[1]!.length, inside: inlineOf(title[2] ?? '') };
  }
  if (line.length < 200 && rule.test(line)) {
    cursor.at++;
    return { kind: 'line' };
  }
  return null;
}

function quoted(cursor: Cursor, level: number): Block | null {
  if (level >= deepest || !quote.test(cursor.lines[cursor.at]!)) return null;
  const inside: string[] = [];
  for (; cursor.at < cursor.lines.length && quote.test(cursor.lines[cursor.at]!); cursor.at++)
    inside.push(cursor.lines[cursor.at]!.replace(quote, ''));
  return { kind: 'quote', blocks: blocksOf({ lines: inside, at: 0 }, level + 1) };
}

// - [x] one
//   more of it
// - two
function listed(cursor: Cursor, level: number): Block | null {
  const first = bullet.exec(cursor.lines[cursor.at]!);
  if (level >= deepest || !first) return null;
  const ordered = /\d/.test(first[2]!);
  const list: Block & { kind: 'list' } = {
    kind: 'list',
    ordered,
    start: ordered ? Number.parseInt(first[2]!, 10) : 1,
    items: [],
  };
  while (cursor.at < cursor.lines.length) {
    const found = bullet.exec(cursor.lines[cursor.at]!);
    if (!found || /\d/.test(found[2]!) !== ordered || found[1]!.length > first[1]!.length + 1) break;
    list.items.push(entry(cursor, found, level));
  }
  return list;
}

function entry(cursor: Cursor, found: RegExpExecArray, level: number): { done: boolean | null; blocks: Block[] } {
  const indent = found[1]!.length + found[2]!.length + 1;
  const box = /^\[([ xX])\] (.*)$/.exec(found[4]!);
  const inside = [box ? box[2]! : found[4]!];
  for (cursor.at++; cursor.at < cursor.lines.length; cursor.at++) {
    const line = cursor.lines[cursor.at]!;
    const spaces = line.length - line.trimStart().length;
    const isBlank = line.trim() === '';
    const next = cursor.lines[cursor.at + 1] ?? '';
    // A blank line belongs to the entry only when what follows is indented as its text is.
    if (isBlank && (next.trim() === '' || next.length - next.trimStart().length < Math.min(indent, 2))) break;
    if (!isBlank && spaces <= found[1]!.length && (bullet.test(line) || startsBlock(line))) break;
    if (!isBlank && spaces <= found[1]!.length && inside.at(-1) === '') break;
    inside.push(isBlank ? '' : line.slice(Math.min(spaces, indent)));
  }
  while (cursor.lines[cursor.at]?.trim() === '' && bullet.test(cursor.lines[cursor.at + 1] ?? '')) cursor.at++;
  return { done: box ? box[1] !== ' ' : null, blocks: blocksOf({ lines: inside, at: 0 }, level + 1) };
}

// | a | b |
// |---|---|
// | 1 | 2 |
function tabled(cursor: Cursor): Block | null {
  const [head, under] = [cursor.lines[cursor.at]!, cursor.lines[cursor.at + 1]];
  if (!head.includes('|') || under === undefined || !under.includes('-') || under.length > 2_000 || !tableLine.test(under)) return null;
  const columns = cells(head);
  if (columns.length < 2 || cells(under).length !== columns.length) return null;
  const rows: Inline[][][] = [];
  for (cursor.at += 2; cursor.at < cursor.lines.length; cursor.at++) {
    const line = cursor.lines[cursor.at]!;
    if (line.trim() === '' || !line.includes('|')) break;
    const found = cells(line);
    rows.push(columns.map((_, at) => inlineOf(found[at] ?? '')));
  }
  return { kind: 'table', head: columns.map((cell) => inlineOf(cell)), rows };
}

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

const startsBlock = (line: string): boolean =>
  fence.test(line) || quote.test(line) || (line.length < 1_000 && heading.test(line)) || (line.length < 200 && rule.test(line));

function paragraph(cursor: Cursor): Block {
  const lines = [cursor.lines[cursor.at]!];
  for (cursor.at++; cursor.at < cursor.lines.length; cursor.at++) {
    const line = cursor.lines[cursor.at]!;
    if (line.trim() === '' || startsBlock(line) || (bullet.test(line) && !/^ {4,}/.test(line))) break;
    lines.push(line);
  }
  return { kind: 'paragraph', inside: inlineOf(lines.map((line) => line.trim()).join('\n')) };
}

/** Marks that were looked for and are not ahead any more: each is searched in vain once, not once per opening. */
type Vain = Map<string, number>;

/** Emphasis, code and links of one stretch of text. */
export function inlineOf(text: string, level = 0): Inline[] {
  const found: Inline[] = [];
  const vain: Vain = new Map();
  let plain = '';
  const flush = (): void => {
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let at = 0; at < text.length;) {
    const taken = takeSpan(text, at, level, vain);
    if (taken) {
      flush();
      found.push(taken.span);
      at = taken.end;
      continue;
    }
    const escaped = text[at] === '\\' && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '');
    plain += escaped ? text[at + 1] : text[at];
    at += escaped ? 2 : 1;
  }
  flush();
  return found;
}

type Taken = { span: Inline; end: number } | null;

function takeSpan(text: string, at: number, level: number, vain: Vain): Taken {
  switch (text[at]) {
    case '\n':
      return { span: { kind: 'break' }, end: at + 1 };
    case '`':
      return takeCode(text, at, vain);
    case '*':
    case '_':
    case '~':
      return level < deepest ? takeEmphasis(text, at, level, vain) : null;
    case '[':
      return level < deepest ? takeLink(text, at, level, vain) : null;
    case '<':
    case 'h':
    case 'H':
      return takeAddress(text, at);
    default:
      return null;
  }
}

/** The next place of a mark from a position; -1, remembered, when there is none. */
function seek(text: string, mark: string, from: number, vain: Vain): number {
  if ((vain.get(mark) ?? Number.POSITIVE_INFINITY) <= from) return -1;
  const at = text.indexOf(mark, from);
  if (at < 0) vain.set(mark, from);
  return at;
}

function takeCode(text: string, at: number, vain: Vain): Taken {
  let length = 1;
  while (text[at + length] === '`') length++;
  const mark = '`'.repeat(length);
  for (let end = seek(text, mark, at + length, vain); end >= 0; end = seek(text, mark, end, vain)) {
    let run = length;
    while (text[end + run] === '`') run++;
    if (run === length) {
      const inside = text.slice(at + length, end).replaceAll('\n', ' ');
      return { span: { kind: 'code', text: /^ .*[^ ].* $/.test(inside) ? inside.slice(1, -1) : inside }, end: end + length };
    }
    end += run;
  }
  return { span: { kind: 'text', text: mark }, end: at + length };
}

function takeEmphasis(text: string, at: number, level: number, vain: Vain): Taken {
  const sign = text[at]!;
  const double = text[at + 1] === sign;
  if (sign === '~' && !double) return null;
  const mark = double ? sign + sign : sign;
  const from = at + mark.length;
  // snake_case and 2 * 3 are no emphasis.
  if (/\s|^$/.test(text[from] ?? '') || (sign === '_' && /\w/.test(text[at - 1] ?? ''))) return null;
  let end = seek(text, mark, from + 1, vain);
  for (let tries = 0; end >= 0 && tries < 20; tries++) {
    const closes = !/\s/.test(text[end - 1]!) && !(sign === '_' && /\w/.test(text[end + mark.length] ?? ''));
    if (closes && !(mark.length === 1 && (text[end + 1] === sign || text[end - 1] === sign))) {
      const inside = inlineOf(text.slice(from, end), level + 1);
      return { span: { kind: sign === '~' ? 'gone' : double ? 'strong' : 'em', inside }, end: end + mark.length };
    }
    end = seek(text, mark, end + (text[end + 1] === sign ? 2 : 1), vain);
  }
  return null;
}

// [words](https://example.org "title")
function takeLink(text: string, at: number, level: number, vain: Vain): Taken {
  const middle = seek(text, '](', at + 1, vain);
  const words = middle < 0 ? '' : text.slice(at + 1, middle);
  if (middle < 0 || middle === at + 1 || middle - at > 1_000 || words.includes('[')) return null;
  const target = /^<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\)/.exec(text.slice(middle + 2, middle + 2_002));
  if (!target) return null;
  const end = middle + 2 + target[0].length;
  const link = linkOf(target[1]!);
  // A link that is not followed stays readable: its words, and where it would have gone.
  if (!link) return { span: { kind: 'text', text: `${words} (${target[1]!})` }, end };
  return { span: { kind: 'link', ...link, inside: inlineOf(words, level + 1) }, end };
}

// <https://example.org> or https://example.org
function takeAddress(text: string, at: number): Taken {
  if (text[at] === '<') {
    const found = /^<(https?:\/\/[^\s<>]{1,2000})>/i.exec(text.slice(at, at + 2_010));
    const link = found && linkOf(found[1]!);
    return link ? { span: { kind: 'link', ...link, inside: [{ kind: 'text', text: found![1]! }] }, end: at + found![0].length } : null;
  }
  if (/\w/.test(text[at - 1] ?? '')) return null;
  const found = /^https?:\/\/[^\s<>"'`]{1,2000}/i.exec(text.slice(at, at + 2_010));
  if (!found) return null;
  const address = found[0].replace(/[.,;:!?*_~]+$/, '').replace(/\)+$/, (closing) => (found[0].includes('(') ? closing : ''));
  const link = linkOf(address);
  return link && { span: { kind: 'link', ...link, inside: [{ kind: 'text', text: address }] }, end: at + address.length };
}

/** Headings in order: each one below the last that is higher, no rank left out, whatever was written. */
function withDepths(blocks: Block[]): Block[] {
  const above: number[] = [];
  return blocks.map((block) => {
    if (block.kind !== 'heading') return block;
    while (above.length > 0 && above.at(-1)! >= block.depth) above.pop();
    above.push(block.depth);
    return { ...block, depth: above.length };
  });
}
