/** How far ahead a line is looked for: what an agent says as structure is no output event. */
const lookAhead = 500;

/**
 * Finds the line of each event: events come in the order of lines, with structured lines between them that have no event. Returns where to
 * go on. Pure but for `set`.
 */
export function align(
  lineOf: (line: number) => string,
  count: number,
  from: number,
  events: readonly { text: string; at: number }[],
  set: (line: number, at: number) => void,
): number {
  let line = from;
  for (const event of events) {
    const end = Math.min(count, line + lookAhead);
    let found = line;
    while (found < end && !same(lineOf(found), event.text)) found++;
    if (found === end) continue;
    set(found, event.at);
    line = found + 1;
  }
  return line;
}

// An event's text may be cut; a line may end in a carriage return.
const same = (line: string, text: string): boolean =>
  line === text || line === `${text}\r` || (text.length > 1_000 && line.startsWith(text.slice(0, 1_000)));
