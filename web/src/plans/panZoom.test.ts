import { expect, test } from 'vitest';
import { fitted, shownAt, zoomed } from './panZoom';

test('a large plan fits its frame, a small one is not blown up', () => {
  expect(fitted({ width: 2_000, height: 400 }, { width: 1_016, height: 600 }).scale).toBeCloseTo(0.5);
  expect(fitted({ width: 100, height: 50 }, { width: 1_000, height: 600 }).scale).toBe(1);
});

test('the point under the pointer stays where it is', () => {
  const before = { x: 10, y: 20, scale: 1 };
  const after = zoomed(before, 2, { x: 110, y: 220 });
  expect([(110 - after.x) / after.scale, (220 - after.y) / after.scale]).toEqual([100, 200]);
});

test('a node beyond the edge is brought in, one that is seen moves nothing', () => {
  const at = { x: 0, y: 0, scale: 1 };
  const frame = { width: 500, height: 300 };
  expect(shownAt(at, { x: 100, y: 100, width: 50, height: 40 }, frame)).toEqual(at);
  expect(shownAt(at, { x: 600, y: 100, width: 50, height: 40 }, frame).x).toBe(500 - 24 - 650);
});
