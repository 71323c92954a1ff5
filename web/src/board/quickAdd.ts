/** What one typed line says of a new item. */
export interface QuickItem {
  title: string;
  profile: string | null;
  priority: string | null;
  labels: string[];
  /** Ids, or numbers with #, of what it waits for. */
  dependsOn: string[];
  /** What could not be understood, in words. */
  troubles: string[];
}

const priorities = ['low', 'medium', 'high', 'urgent'];

// Fix the login @deep !high #web #auth >12 >c0ffee
const sign = /^([@!#]|>#?)([^\s@!#>]\S*)$/;

/**
 * Reads `@profile !priority #label >depends` anywhere in the line; the rest is the title. A priority may be cut (`!h`). A sign with a
 * backslash before it belongs to the title, and so does one that stands alone. Pure.
 */
export function quickItemOf(line: string): QuickItem {
  const item: QuickItem = { title: '', profile: null, priority: null, labels: [], dependsOn: [], troubles: [] };
  const title: string[] = [];
  for (const word of line.trim().split(/\s+/)) {
    const found = sign.exec(word);
    if (!found) {
      title.push(/^\\[@!#>]/.test(word) ? word.slice(1) : word);
      continue;
    }
    const [, kind, value] = found as unknown as [string, string, string];
    if (kind === '@') item.profile = value;
    else if (kind === '#') item.labels.push(value);
    else if (kind.startsWith('>')) item.dependsOn.push(value);
    else readPriority(item, value);
  }
  item.title = title.join(' ').trim();
  if (item.title === '' && line.trim() !== '') item.troubles.push('A title is missing.');
  return item;
}

function readPriority(item: QuickItem, value: string): void {
  const found = priorities.filter((priority) => priority.startsWith(value.toLowerCase()));
  if (found.length === 1) item.priority = found[0]!;
  else item.troubles.push(`!${value} is no priority: ${priorities.join(', ')}.`);
}

/** The id of an item that is named by number or by the beginning of its id; null when none or several fit. Pure. */
export function idNamed(word: string, items: Iterable<{ id: string; number: number }>): string | null {
  const all = [...items];
  const byNumber = /^\d{1,9}$/.test(word) ? all.find((item) => item.number === Number(word)) : undefined;
  if (byNumber) return byNumber.id;
  const found = all.filter((item) => item.id.startsWith(word.toLowerCase()));
  return found.length === 1 ? found[0]!.id : null;
}
