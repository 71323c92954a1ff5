import { describe, expect, it } from 'vitest';
import { LogText } from './logText';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function logOf(...chunks: string[]): LogText {
  const log = new LogText();
  chunks.forEach((chunk, at) => log.append(bytes(chunk), at * 1_000));
  return log;
}

const linesOf = (log: LogText): string[] => Array.from({ length: log.count }, (_, index) => log.line(index));

describe('a log', () => {
  it('has the lines of its bytes however they were cut', () => {
    const text = 'one\ntwo ünïcode 世界\n\nlast without end';
    const whole = bytes(text);
    for (const size of [1, 2, 3, 7, 100]) {
      const log = new LogText();
      for (let at = 0; at < whole.length; at += size) log.append(whole.subarray(at, at + size));
      expect(linesOf(log)).toEqual(text.split('\n'));
    }
  });

  it('counts no line after the last line feed', () => {
    expect(logOf('a\nb\n').count).toBe(2);
    expect(logOf('a\nb').count).toBe(2);
    expect(logOf('\n').count).toBe(1);
    expect(logOf().count).toBe(0);
  });

  it('lets a line grow', () => {
    const log = logOf('half');
    log.append(bytes(' and half\nnext'));
    expect(linesOf(log)).toEqual(['half and half', 'next']);
  });

  it('knows when lines came', () => {
    const log = logOf('old\n', 'new\n');
    expect([log.timeOf(0), log.timeOf(1)]).toEqual([0, 1_000]);
  });

  it('finds words, whatever their case and colours', () => {
    const log = logOf('Error: a\nfine\n\u001b[31merr\u001b[1mor\u001b[0m b\n');
    expect(log.search('error', 0, log.count)).toEqual([0, 2]);
    expect(log.search('error', 1, log.count)).toEqual([2]);
    expect(log.search('[31m', 0, log.count)).toEqual([]);
  });

  it('cuts very long lines for display and keeps their bytes', async () => {
    const log = logOf('x'.repeat(50_000));
    expect(log.line(0).length).toBeLessThan(21_000);
    expect((await log.blob().text()).length).toBe(50_000);
  });

  it('copies text without colours', () => expect(logOf('\u001b[1ma\u001b[0m\nb\nc').copy(0, 2)).toBe('a\nb'));

  it('indexes and searches 100,000 lines quickly', () => {
    const text = bytes(
      Array.from({ length: 100_000 }, (_, at) => `line ${at} of a build that says something about file number ${at % 977}`).join('\n'),
    );
    const began = performance.now();
    const log = new LogText();
    for (let at = 0; at < text.length; at += 1_048_576) log.append(text.subarray(at, at + 1_048_576));
    const indexed = performance.now() - began;
    const found = log.search('number 976', 0, log.count).length;
    const searched = performance.now() - began - indexed;
    expect(log.count).toBe(100_000);
    expect(found).toBe(102);
    expect(indexed).toBeLessThan(200);
    expect(searched).toBeLessThan(2_000);
    console.info(
      `100,000 lines, ${(text.length / 1e6).toFixed(1)} MB: indexed in ${indexed.toFixed(0)} ms, searched in ${searched.toFixed(0)} ms`,
    );
  });
});
