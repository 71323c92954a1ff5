import { expect, test } from 'vitest';
import { ganttOf } from './gantt';

test('rounds become columns, what runs at once becomes lanes, phases become spans', () => {
  const round = (no: number, phase: string, items: string[]) => ({ no, phases: [phase], items, waiting: [] });
  expect(ganttOf([round(1, 'A', ['a', 'b']), round(2, 'A', ['c']), round(3, 'B', ['d'])])).toEqual({
    boxes: [
      { id: 'a', round: 0, lane: 0 },
      { id: 'b', round: 0, lane: 1 },
      { id: 'c', round: 1, lane: 0 },
      { id: 'd', round: 2, lane: 0 },
    ],
    rounds: 3,
    lanes: 2,
    phases: [
      { name: 'A', from: 0, to: 1 },
      { name: 'B', from: 2, to: 2 },
    ],
  });
});

test('nothing left to run is an empty picture', () => {
  expect(ganttOf([])).toEqual({ boxes: [], rounds: 0, lanes: 0, phases: [] });
});
