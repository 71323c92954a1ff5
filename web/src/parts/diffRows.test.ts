import { describe, expect, it } from 'vitest';
import { pickedOf } from './DiffRows';
import { parseDiff } from './diffText';

describe('picked lines', () => {
  const [file] = parseDiff('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@\n a\n-b\n-c\n+B\n+C\n d');
  const lines = file!.hunks[0]!.lines;
  it.each([
    [0, 0, { line: 1, endLine: null, removed: null }],
    [3, 4, { line: 2, endLine: 3, removed: null }],
    [1, 2, { line: 2, endLine: null, removed: 'b\nc' }],
    [0, 5, { line: 1, endLine: 4, removed: 'b\nc' }],
  ])('%i to %i', (from, to, picked) => expect(pickedOf(lines.slice(from, to + 1), lines, from)).toEqual(picked));

  it('at the end of a file that lost its last lines', () => {
    const [cut] = parseDiff('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n a\n-b');
    const all = cut!.hunks[0]!.lines;
    expect(pickedOf([all[1]!], all, 1)).toEqual({ line: 1, endLine: null, removed: 'b' });
  });
});
