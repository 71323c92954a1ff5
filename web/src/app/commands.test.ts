import { expect, test, vi } from 'vitest';

vi.stubGlobal('navigator', { platform: 'Linux' });
const { keysForPeople, nameOf } = await import('./commands');

const pressed = (key: string, held: { ctrl?: boolean; shift?: boolean; alt?: boolean } = {}) =>
  nameOf({ key, ctrlKey: held.ctrl ?? false, metaKey: false, altKey: held.alt ?? false, shiftKey: held.shift ?? false });

test.each([
  ['c', {}, 'c'],
  ['C', { shift: true }, 'shift+c'],
  ['k', { ctrl: true }, 'mod+k'],
  ['?', { shift: true }, '?'],
  ['!', { shift: true }, '!'],
  ['Enter', { ctrl: true }, 'mod+enter'],
  ['ArrowDown', { shift: true }, 'shift+arrowdown'],
  [' ', {}, 'space'],
] as const)('%s is %s', (key, held, name) => {
  expect(pressed(key, held)).toBe(name);
});

test('people read keys, not names', () => {
  expect(keysForPeople('mod+k')).toEqual(['Ctrl', 'k']);
  expect(keysForPeople('g b')).toEqual(['g', 'b']);
  expect(keysForPeople('escape')).toEqual(['Esc']);
});
