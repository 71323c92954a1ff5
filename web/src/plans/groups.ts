/** Rows by a word of theirs, in the order in which the words come. Pure. */
export function groupBy<Row>(rows: readonly Row[], of: (row: Row) => string): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const group = found.get(of(row));
    if (group) group.push(row);
    else found.set(of(row), [row]);
  }
  return found;
}
