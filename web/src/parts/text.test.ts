import { describe, expect, it } from 'vitest';
import { clean, cleanLine, cut, linkOf, inPlainWords, withoutCommand } from './text';

describe('plain words', () => {
  it.each([
    ["The daemon's check e2c0be86304bea9f failed: Nothing was changed.", "The daemon's check failed: Nothing was changed."],
    [
      'Run 1c83065addfca603 (plain, attempt 3) ended: lost. agentctl diagnose 1c83065addfca603.',
      'Run 1c83065a (plain, attempt 3) ended: lost.',
    ],
    ['The commit 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11 stays.', 'The commit 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11 stays.'],
  ])('%s', (said, shown) => expect(inPlainWords(said)).toBe(shown));
});

describe('words without commands', () => {
  it.each([
    ['The queue is paused (release day): agentctl unpause', 'The queue is paused (release day).'],
    ['Somebody blocked it. When that is gone: agentctl ready 12', 'Somebody blocked it.'],
    [
      "It waits for a person: agentctl review 9. The verdict is missing. 'agentctl review 9' shows it; --accept or --fix decides.",
      'It waits for a person. The verdict is missing.',
    ],
    [
      "It waits: \"May I?\". Answer it with 'agentctl approve 1' or 'agentctl deny 1'; with --rule it need not be asked again.",
      'It waits: "May I?".',
    ],
    [
      "It met its limit. A person is asked how to go on: 'agentctl request show 1', then 'request answer 1 --option'.",
      'It met its limit. A person is asked how to go on.',
    ],
    ['Nothing was changed.', 'Nothing was changed.'],
    ['agentctl list shows them.', ''],
  ])('%s', (said, shown) => expect(withoutCommand(said)).toBe(shown));
});

describe('text for display', () => {
  it('leaves ordinary text as it is', () => {
    const text = 'Grüße, 世界! 👩‍👩‍👧 a\tb\nnext – “quoted” · שלום';
    expect(clean(text)).toBe(text);
  });

  it.each([
    ['a\u0000b\u0007', 'a␀b␇'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['x\u001b', 'x␛'],
    ['admin\u202Egnp.exe', 'admin⟨U+202E⟩gnp.exe'],
    ['a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩'],
    ['pass\u200bword\ufeff', 'password'],
    ['one\r\ntwo\rthree', 'one\ntwo␍three'],
    ['\u0085\u009b31m', '⟨U+0085⟩⟨U+009B⟩31m'],
    ['tag\u{e0041}\u{e007f}', 'tag'],
  ])('shows or drops %j', (raw, shown) => expect(clean(raw)).toBe(shown));

  it('makes one line of several', () => expect(cleanLine('a\nb\tc')).toBe('a ⏎ b c'));

  it('cuts between characters', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('ab👍', 3)).toBe('ab …');
  });

  it('never takes long on hostile text', () => {
    const began = performance.now();
    clean('\u001b]'.repeat(50_000));
    clean('\u001b['.repeat(50_000));
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('links', () => {
  it.each([
    ['https://example.org/a?b#c', 'example.org'],
    ['http://127.0.0.1:8765/', '127.0.0.1:8765'],
    ['HTTPS://EXAMPLE.org', 'example.org'],
    ['https://xn--pple-43d.com', 'xn--pple-43d.com'],
  ])('follows %s', (address, host) => expect(linkOf(address)?.host).toBe(host));

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://a',
    '//evil.example',
    '/items',
    'https://github.com@evil.example',
    'https://',
    'vbscript:x',
    ' https://a.example',
    'java\nscript:alert(1)',
  ])('does not follow %j', (address) => expect(linkOf(address)).toBeNull());
});
