import { expect, test } from 'vitest';
import { changesBetween } from './changes';
import { unit } from './testUnits';

test('new, changed and vanished units are told apart', () => {
  const before = [unit('a'), unit('b'), unit('c')];
  const after = [unit('a'), unit('b', { title: 'other', depends_on: ['a'] }), unit('d')];
  const found = changesBetween(before, after);
  expect(found.added.map((one) => one.foreign_id)).toEqual(['d']);
  expect(found.changed.map((one) => [one.unit.foreign_id, one.what])).toEqual([['b', ['title', 'what it waits for']]]);
  expect(found.gone.map((one) => one.foreign_id)).toEqual(['c']);
});

test('what was gone before is not told again, and the order of names says nothing', () => {
  const found = changesBetween([unit('a', { gone: true }), unit('b', { writes: ['x', 'y'] })], [unit('b', { writes: ['y', 'x'] })]);
  expect(found).toEqual({ added: [], changed: [], gone: [] });
});
