import { describe, expect, it } from 'vitest';
import { inputWords, shortInput } from './callWords';

describe('a tool call in words', () => {
  it.each([
    [{ command: ['sh', '-c', "echo 'a b'"] }, "sh -c 'echo '\\''a b'\\'''"],
    [{ command: 'ls -l\nrm x' }, 'ls -l ⏎ rm x'],
    [{ file_path: 'src/a.ts', content: 'long' }, 'src/a.ts'],
    [{ other: 1 }, '{"other":1}'],
    ['words', 'words'],
    [null, ''],
    [7, '7'],
  ])('%j', (input, words) => expect(shortInput(input)).toBe(words));

  it('has all of it', () => {
    expect(inputWords({ command: ['ls', '-l'] })).toBe('ls -l');
    expect(inputWords({ command: ['ls'], folder: '/x' })).toContain('"folder": "/x"');
    expect(inputWords('a\u0007')).toBe('a␇');
  });
});
