import { describe, expect, it } from 'vitest';
import { blocksOf, changedPart, contentMark, parseDiff, sideBySide, withoutWhitespace } from './diffText';

const diff = `diff --git a/greet.sh b/greet.sh
index 1111111..2222222 100755
--- a/greet.sh
+++ b/greet.sh
@@ -1,4 +1,6 @@ main()
 #!/bin/sh
-echo "Hello, $1!"
+for name in "$@"; do
+  echo "Hello, $name!"
+done
 # end
--- not a header
+++ nor this
\\ No newline at end of file
diff --git a/docs/new file.md b/docs/new file.md
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/docs/new file.md\t
@@ -0,0 +1 @@
+text
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
index 4444444..0000000
--- a/gone.txt
+++ /dev/null
@@ -1,2 +0,0 @@
-one
-two
diff --git a/old.ts b/new.ts
similarity index 100%
rename from old.ts
rename to new.ts
diff --git a/logo.bin b/logo.bin
new file mode 100644
index 0000000..5555555
Binary files /dev/null and b/logo.bin differ
diff --git "a/\\303\\274\\tx.txt" "b/\\303\\274\\tx.txt"
old mode 100644
new mode 100755
`;

describe('a diff', () => {
  const files = parseDiff(diff);

  it('has its files', () => {
    expect(files.map((file) => [file.path, file.kind, file.added, file.removed, file.isBinary])).toEqual([
      ['greet.sh', 'changed', 4, 2, false],
      ['docs/new file.md', 'added', 1, 0, false],
      ['gone.txt', 'removed', 0, 2, false],
      ['new.ts', 'moved', 0, 0, false],
      ['logo.bin', 'added', 0, 0, true],
      ['ü\tx.txt', 'changed', 0, 0, false],
    ]);
    expect(files[3]!.oldPath).toBe('old.ts');
    expect(files[5]!.mode).toBe('100755');
  });

  it('numbers lines as in the files', () => {
    const [hunk] = files[0]!.hunks;
    expect(hunk!.about).toBe('main()');
    expect(hunk!.lines.map((line) => [line.kind, line.old, line.now])).toEqual([
      ['same', 1, 1],
      ['removed', 2, null],
      ['added', null, 2],
      ['added', null, 3],
      ['added', null, 4],
      ['same', 3, 5],
      ['removed', 4, null],
      ['added', null, 6],
      ['note', null, null],
    ]);
  });

  it('is nothing of nothing, and survives what is no diff', () => {
    expect(parseDiff('')).toEqual([]);
    expect(parseDiff('hello\n@@ -1 +1 @@\n-a\n+b')).toEqual([]);
    expect(parseDiff('diff --git a/x b/x\n@@ nonsense @@\n@@ -1,5 +1,5 @@\n a').map((file) => file.hunks[0]?.lines.length)).toEqual([1]);
  });

  it('reads a large one quickly', () => {
    const body = Array.from({ length: 100_000 }, (_, at) => `+line ${at}`).join('\n');
    const began = performance.now();
    expect(parseDiff(`diff --git a/x b/x\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,100000 @@\n${body}`)[0]!.added).toBe(100_000);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('puts sides beside each other', () =>
    expect(sideBySide(files[0]!.hunks[0]!).map(({ old, now }) => `${old?.text ?? '·'} | ${now?.text ?? '·'}`)).toEqual([
      '#!/bin/sh | #!/bin/sh',
      'echo "Hello, $1!" | for name in "$@"; do',
      '· |   echo "Hello, $name!"',
      '· | done',
      '# end | # end',
      '-- not a header | ++ nor this',
      'No newline at end of file | No newline at end of file',
    ]));

  it('keeps removed and added lines of one place together', () => {
    const kinds = blocksOf(files[0]!.hunks[0]!.lines).map((block) =>
      Array.isArray(block) ? block.length : [block.removed.length, block.added.length],
    );
    expect(kinds).toEqual([1, [1, 3], 1, [1, 1], 1]);
  });
});

describe('white space', () => {
  it('alone is no change when it is left out', () => {
    const [file] = parseDiff('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-a b\n-c\n+  a b\n+d\n-x  y\n+x y');
    const hunk = withoutWhitespace(file!.hunks[0]!);
    expect(hunk.lines.map((line) => `${line.kind} ${line.text}`)).toEqual([
      'removed a b',
      'removed c',
      'added   a b',
      'added d',
      'same x y',
    ]);
    expect(hunk.lines.at(-1)).toMatchObject({ old: 3, now: 3 });
  });
});

describe('the changed part of a line', () => {
  it.each([
    ['echo "Hello, $1!"', 'echo "Hello, $name!"', '1', 'name'],
    ['const a = 1;', 'const ab = 1;', '', 'b'],
    ['same', 'same', '', ''],
    ['x👍y and more of it', 'x👎y and more of it', '👍', '👎'],
  ])('%j to %j', (old, now, gone, come) => {
    const part = changedPart(old, now)!;
    expect([old.slice(...part.old), now.slice(...part.now)]).toEqual([gone, come]);
  });
  it('is not marked when it is nearly all', () => expect(changedPart('abcdefgh', 'zyxwvuts')).toBeNull());
});

it('knows a file by its content', () => {
  const [one] = parseDiff('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b');
  const [two] = parseDiff('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+c');
  expect(contentMark(one!)).not.toBe(contentMark(two!));
  expect(contentMark(one!)).toBe(contentMark(structuredClone(one!)));
});
