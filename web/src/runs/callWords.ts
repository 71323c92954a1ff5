import { clean, cleanLine, cut } from '../parts/text';

/** What a tool was called with, in one line: a command as it would be typed, the one text of an object, else JSON. */
export function shortInput(input: unknown): string {
  if (input === null || input === undefined) return '';
  if (typeof input === 'string') return cleanLine(cut(input, 300));
  if (typeof input !== 'object') return String(input);
  const members = input as Record<string, unknown>;
  const command = members['command'] ?? members['cmd'];
  if (Array.isArray(command)) return cleanLine(cut(command.map(quoted).join(' '), 300));
  if (typeof command === 'string') return cleanLine(cut(command, 300));
  const main = ['file_path', 'path', 'pattern', 'query', 'url', 'description']
    .map((name) => members[name])
    .find((value) => typeof value === 'string');
  return cleanLine(cut(typeof main === 'string' ? main : JSON.stringify(input), 300));
}

/** A word of a command line, quoted where a shell would need it. */
const quoted = (word: unknown): string =>
  /^[\w@%+=:,./-]+$/.test(String(word)) ? String(word) : `'${String(word).replaceAll("'", "'\\''")}'`;

/** The whole of it. */
export function inputWords(input: unknown): string {
  if (typeof input === 'string') return clean(input);
  if (typeof input === 'object' && input !== null) {
    const { command } = input as { command?: unknown };
    if (Array.isArray(command) && Object.keys(input).length === 1) return clean(command.map(quoted).join(' '));
    if (typeof command === 'string' && Object.keys(input).length === 1) return clean(command);
  }
  return clean(JSON.stringify(input, null, 2));
}
