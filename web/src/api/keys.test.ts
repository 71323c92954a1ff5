import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// Two features that put different shapes under one key break each other's page, whichever is opened second.
test('each key of the cache is written down in one place', () => {
  const places = new Map<string, string[]>();
  for (const path of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((one) => /(?<!\.test)\.tsx?$/.test(one))) {
    const text = readFileSync(join('src', path), 'utf8').replaceAll(/(invalidate|cancel|remove)Queries\(\{ queryKey: \[[^\]]*\]/g, '');
    for (const [, named, read] of text.matchAll(/queryKey: \[([^\]]+)\]|\bread\(\s*\[([^\]]+)\]/g)) {
      // Names of parameters say nothing: ['items', id] is ['items', itemId].
      const key = (named ?? read)!
        .split(',')
        .map((part) => (part.trim().startsWith("'") ? part.trim() : '*'))
        .join(', ');
      places.set(key, [...(places.get(key) ?? []), path]);
    }
  }
  expect(places.size).toBeGreaterThan(25);
  expect([...places].filter(([, all]) => all.length > 1)).toEqual([]);
});
