import { describe, expect, it } from 'vitest';
import { align } from './outputTimes';

describe('times of lines', () => {
  it('are those of the events that have the same text, in order', () => {
    const lines = ['a', '{"agentctl":1}', 'b', 'a', 'c\r'];
    const times = new Map<number, number>();
    const next = align(
      (line) => lines[line]!,
      lines.length,
      0,
      [
        { text: 'a', at: 1 },
        { text: 'b', at: 2 },
        { text: 'gone', at: 3 },
        { text: 'a', at: 4 },
      ],
      (line, at) => times.set(line, at),
    );
    expect([...times]).toEqual([
      [0, 1],
      [2, 2],
      [3, 4],
    ]);
    expect(next).toBe(4);
    align(
      (line) => lines[line]!,
      lines.length,
      next,
      [{ text: 'c', at: 5 }],
      (line, at) => times.set(line, at),
    );
    expect(times.get(4)).toBe(5);
  });
});
