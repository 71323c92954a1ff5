import { expect, test } from 'vitest';
import { namesOf, readSource, repositoryOf, wanted, type FileLike } from './sources';

const file = (path: string, text: string | Uint8Array<ArrayBuffer> = 'x'): FileLike => {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return { name: path.split('/').at(-1)!, path: path.includes('/') ? path : '', size: bytes.length, bytes: async () => bytes.buffer };
};

test('a spec folder is its own files, not what lies beside or below', () => {
  const files = [file('shop/readme.md'), file('shop/spec/tasks.md'), file('shop/spec/design.md'), file('shop/spec/logo.png')];
  expect(wanted(files).map((one) => one.path)).toEqual(['shop/spec/tasks.md', 'shop/spec/design.md']);
});

test('a spec is called as its folder, a file as itself', () => {
  expect(namesOf([file('a/shop/tasks.md'), file('plan.json')])).toEqual(['shop/tasks.md', 'plan.json']);
});

test('a document is read with its names', async () => {
  await expect(readSource([file('shop/tasks.md', '- [ ] 1. A'), file('shop/design.md', '# D')])).resolves.toEqual({
    name: 'shop',
    files: { 'shop/tasks.md': '- [ ] 1. A', 'shop/design.md': '# D' },
  });
});

test('what cannot be a document is said', async () => {
  await expect(readSource([file('photo.png')])).rejects.toThrow('No file');
  await expect(readSource([file('plan.json', new Uint8Array([0xff, 0xfe, 0x41]))])).rejects.toThrow('not UTF-8');
  await expect(readSource([{ ...file('plan.json'), size: 10 * 1024 * 1024 }])).rejects.toThrow('at most');
});

test('a repository is found in what people paste', () => {
  expect(
    ['github:acme/shop', 'https://github.com/acme/shop.git', 'acme/shop', 'https://github.com/acme/shop/issues'].map(repositoryOf),
  ).toEqual(['acme/shop', 'acme/shop', 'acme/shop', 'acme/shop']);
  expect(repositoryOf('/home/me/plan.json')).toBeNull();
});
