import { clean } from './text';

/** How a stretch of terminal output looks. Colours are numbers 0-255 of the usual palette or `#rrggbb`. */
export interface Style {
  fore: number | string | null;
  back: number | string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
}

export interface Span {
  text: string;
  style: Style;
}

export const plainStyle: Style = {
  fore: null,
  back: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};

// eslint-disable-next-line no-control-regex
const sequence = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~]?)/g;

/**
 * One line of output as spans, from the style that held at its beginning. Colours and weights are kept; every other sequence is dropped.
 * Of a line that was written over (progress bars end in carriage returns) the last version is shown. Pure.
 */
export function spansOf(raw: string, before: Style = plainStyle): { spans: Span[]; after: Style } {
  const line = lastVersion(raw);
  if (!line.includes('\u001b'))
    return { spans: line === '' ? [] : [{ text: clean(line), style: before }], after: styleAfter(raw, line, before) };
  const spans: Span[] = [];
  let style = line === raw ? before : styleAfter(raw.slice(0, raw.length - line.length), '', before);
  let from = 0;
  const push = (text: string): void => {
    if (text !== '') spans.push({ text: clean(text), style });
  };
  for (const found of line.matchAll(sequence)) {
    push(line.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[2] === 'm') style = restyled(style, found[1]!);
  }
  push(line.slice(from));
  return { spans, after: style };
}

/** What is left of a line after its carriage returns. */
function lastVersion(raw: string): string {
  const end = raw.endsWith('\r') ? raw.replace(/\r+$/, '') : raw;
  return end.slice(end.lastIndexOf('\r') + 1);
}

// Text that was written over may have set a colour that still holds.
function styleAfter(raw: string, shown: string, before: Style): Style {
  if (raw === shown || !raw.includes('\u001b')) return before;
  let style = before;
  for (const found of raw.matchAll(sequence)) if (found[2] === 'm') style = restyled(style, found[1]!);
  return style;
}

/** The style after a colour sequence: `1;38;5;208`. Unknown numbers change nothing. */
function restyled(style: Style, numbers: string): Style {
  const codes = numbers.split(/[;:]/).map((code) => (code === '' ? 0 : Number.parseInt(code, 10)));
  let next = style;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    if (code === 38 || code === 48) {
      const { colour, used } = extended(codes, at + 1);
      if (colour !== null) next = { ...next, [code === 38 ? 'fore' : 'back']: colour };
      at += used;
    } else {
      next = simple(next, code);
    }
  }
  return next;
}

function extended(codes: number[], at: number): { colour: number | string | null; used: number } {
  if (codes[at] === 5) {
    const index = codes[at + 1] ?? -1;
    return { colour: index >= 0 && index <= 255 ? index : null, used: 2 };
  }
  if (codes[at] !== 2) return { colour: null, used: 1 };
  const parts = codes.slice(at + 1, at + 4);
  const fits = parts.length === 3 && parts.every((part) => part >= 0 && part <= 255);
  return { colour: fits ? `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}` : null, used: 4 };
}

const set: Record<number, Partial<Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  39: { fore: null },
  49: { back: null },
};

function simple(style: Style, code: number): Style {
  if (code === 0) return plainStyle;
  if (set[code]) return { ...style, ...set[code] };
  if (code >= 30 && code <= 37) return { ...style, fore: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, fore: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, back: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, back: code - 92 };
  return style;
}

const steps = [0, 95, 135, 175, 215, 255];

/** A colour for CSS: the sixteen named ones come from the token sheet, the rest of the palette is fixed. */
export function cssColour(colour: number | string): string {
  if (typeof colour === 'string') return colour;
  if (colour < 16) return `var(--ansi-${colour})`;
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const cube = colour - 16;
  return `rgb(${steps[Math.floor(cube / 36)]} ${steps[Math.floor(cube / 6) % 6]} ${steps[cube % 6]})`;
}

/** The text of a line without its colours: what is searched and copied. */
export const textOf = (raw: string): string =>
  spansOf(raw)
    .spans.map((span) => span.text)
    .join('');
