/**
 * What agents, files and repositories wrote is shown as text and can do nothing. Control characters become visible signs, what turns the
 * direction of writing becomes its code, what has no width is dropped.
 */

/** Escape sequences of terminals: colours, titles, links, moves of the cursor. */
// eslint-disable-next-line no-control-regex
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g;
/** C0 without tab and line feed, DEL, C1. */
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Marks, embeddings, overrides and isolates of the bidirectional algorithm; separators that break lines in some programs only. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;
/** No width and no meaning alone: zero width space, word joiner, byte order mark, soft hyphen, interlinear marks, tags. */
const widthless = /[\u200b\u2060-\u2064\ufeff\u00ad\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** A control character as its picture (␀ … ␡) or its code. */
function visible(sign: string): string {
  const code = sign.codePointAt(0)!;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** True for text that is shown as it is: nearly all of it, found by one pass. */
// eslint-disable-next-line no-control-regex
const harmless =
  /^[\t\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u061b\u061d-\u1fff\u2010-\u2027\u2030-\u205f\u2070-\udb3f\ue000-\ufefe\uff00-\ufff8]*$/;

/** Text of several lines for display. Escape sequences of terminals are dropped whole. */
export function clean(text: string): string {
  if (harmless.test(text)) return text;
  return text.replace(escapes, '').replace(/\r\n/g, '\n').replace(controls, visible).replace(turning, visible).replace(widthless, '');
}

/** Text of one line for display: a title, a path, a command. Line breaks are shown as ⏎. */
export const cleanLine = (text: string): string => clean(text).replace(/\n/g, ' ⏎ ').replace(/\t/g, ' ');

/**
 * The text without the commands it names: where the board shows it, there is a button for each. Half a sentence that only leads to a
 * command goes with it. For words of the daemon, never for what somebody wants to run. Pure.
 */
export function withoutCommand(text: string): string {
  const at = text.indexOf('agentctl ');
  if (at < 0) return text;
  const before = text.slice(0, at).replace(/[\s(:`'"]+$/, '');
  const last = before.slice(before.lastIndexOf('. ') + 1).trim();
  // A word before a quoted command: the half sentence says how to use it.
  const leads = last === 'Then' || last.startsWith('When ') || /[\p{L}\d]\s+'$/u.test(text.slice(0, at));
  const kept = (leads ? before.slice(0, -last.length) : before).replace(/[.\s]+$/, '');
  const end = text.slice(at).search(/\.\s/);
  const rest = end < 0 ? '' : text.slice(at + end + 1).trim();
  return [kept === '' ? '' : `${kept}.`, withoutCommand(rest)].filter((part) => part !== '').join(' ');
}

/**
 * Words of the daemon as a person in a browser reads them: without commands, and ids as short as the board shows them. That of a check is
 * nowhere else and says nothing. Pure.
 */
export const inPlainWords = (text: string): string =>
  withoutCommand(text)
    .replaceAll(/\b(check) [0-9a-f]{16}\b/g, '$1')
    .replaceAll(/\b([0-9a-f]{8})[0-9a-f]{8}\b/g, '$1');

/** The beginning of a text, cut between characters, with a sign that more was there. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text[most - 1]!) ? most - 1 : most;
  return `${text.slice(0, end)} …`;
}

/** Where a link goes, with the host people are to see; null for everything that is not http or https. */
export function linkOf(address: string): { href: string; host: string } | null {
  if (!/^https?:\/\//i.test(address)) return null;
  try {
    const url = new URL(address);
    // user:password@host is a way to look like another host: it is not followed.
    if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '') return null;
    return { href: url.href, host: url.host };
  } catch {
    return null;
  }
}
