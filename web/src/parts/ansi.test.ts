import { describe, expect, it } from 'vitest';
import { cssColour, plainStyle, spansOf, textOf, type Style } from './ansi';

const short = (raw: string, before?: Style): string =>
  spansOf(raw, before)
    .spans.map(({ text, style }) => {
      const marks = [
        style.fore !== null && `f${style.fore}`,
        style.back !== null && `b${style.back}`,
        style.bold && 'B',
        style.dim && 'D',
        style.italic && 'I',
        style.underline && 'U',
        style.inverse && 'V',
      ]
        .filter(Boolean)
        .join(' ');
      return marks === '' ? text : `[${marks}:${text}]`;
    })
    .join('');

describe('terminal output as spans', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a \u001b[31mred\u001b[0m b', 'a [f1:red] b'],
    ['\u001b[1;32mok\u001b[m', '[f2 B:ok]'],
    ['\u001b[91mbright\u001b[39m off', '[f9:bright] off'],
    ['\u001b[38;5;208mc\u001b[48;5;17md', '[f208:c][f208 b17:d]'],
    ['\u001b[38;2;1;2;255mrgb', '[f#0102ff:rgb]'],
    ['\u001b[38:2:1:2:3mcolons', '[f#010203:colons]'],
    ['\u001b[38;5;999mbad', 'bad'],
    ['\u001b[44;30mx\u001b[100my', '[f0 b4:x][f0 b8:y]'],
    ['\u001b[2;3;4;7mz\u001b[22;23;24;27mn', '[D I U V:z]n'],
    ['\u001b[2K\u001b[1Gline\u001b[?25l', 'line'],
    ['\u001b]0;title\u0007t', 't'],
    ['\u001b]8;;https://evil.example\u001b\\w\u001b]8;;\u001b\\', 'w'],
    ['\u001b(Bx', 'x'],
    ['10%\r50%\r100%', '100%'],
    ['done\r', 'done'],
    ['\u001b[31m1%\r2%', '2%'],
    ['bell\u0007', 'bell␇'],
    ['a\u202Eb', 'a⟨U+202E⟩b'],
    ['<b>&amp;</b>', '<b>&amp;</b>'],
    ['cut \u001b[', 'cut '],
    ['\u001b', ''],
  ])('%j', (raw, shown) => expect(short(raw)).toBe(shown));

  it('goes on with the style of the line before', () => {
    const { after } = spansOf('\u001b[31mred');
    expect(short('still\u001b[0m not', after)).toBe('[f1:still] not');
    expect(spansOf('a\u001b[0m', after).after).toEqual(plainStyle);
    expect(spansOf('\u001b[32mover\rwritten').after.fore).toBe(2);
  });

  it('names colours', () => {
    expect(cssColour(1)).toBe('var(--ansi-1)');
    expect(cssColour(196)).toBe('rgb(255 0 0)');
    expect(cssColour(244)).toBe('rgb(128 128 128)');
    expect(cssColour('#010203')).toBe('#010203');
  });

  it('knows the text alone', () => expect(textOf('\u001b[1mA\u001b[0mB')).toBe('AB'));

  it('is fast on hostile lines', () => {
    const began = performance.now();
    spansOf('\u001b['.repeat(50_000));
    spansOf('\u001b]'.repeat(50_000));
    spansOf(`\u001b[${'1;'.repeat(50_000)}m`);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
