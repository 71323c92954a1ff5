import { describe, expect, it } from 'vitest';
import type { Finding } from '../api/types';
import { parseDiff } from '../parts/diffText';
import { commentOf, current, decisionWords, place } from './findings';
import { filtered, sunken, treeRows } from './tree';

const finding = (change: Partial<Finding>): Finding => ({
  id: 'f',
  item_id: null,
  run_id: null,
  round_id: null,
  review_id: null,
  project: null,
  said_by: 'reviewer',
  severity: 'medium',
  file: null,
  line: null,
  end_line: null,
  title: 't',
  detail: '',
  suggestion: null,
  state: 'open',
  same_as: null,
  note: null,
  created_at: '2026-01-31T09:30:00Z',
  closed_at: null,
  closed_by: null,
  ...change,
});

const files = parseDiff(
  ['src/app/a.ts', 'src/app/b.ts', 'src/deep/er/c.ts', 'README.md']
    .map((path) => `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -4,2 +4,3 @@\n same\n+new\n last`)
    .join('\n'),
);

describe('findings', () => {
  it('stand at their lines, above their file, or above all', () => {
    const placed = place(files, [
      finding({ id: 'at', file: 'src/app/a.ts', line: 5 }),
      finding({ id: 'range', file: 'src/app/a.ts', line: 4, end_line: 5, severity: 'critical' }),
      finding({ id: 'outside', file: 'src/app/a.ts', line: 90 }),
      finding({ id: 'file', file: 'src/app/b.ts' }),
      finding({ id: 'elsewhere', file: 'other.ts', line: 1 }),
      finding({ id: 'whole' }),
    ]);
    expect(
      placed.files
        .get('src/app/a.ts')!
        .at.get(5)!
        .map((one) => one.id),
    ).toEqual(['range', 'at']);
    expect(placed.files.get('src/app/a.ts')!.outside.map((one) => one.id)).toEqual(['outside']);
    expect(placed.files.get('src/app/b.ts')!.outside.map((one) => one.id)).toEqual(['file']);
    expect(placed.general.map((one) => one.id)).toEqual(['elsewhere', 'whole']);
  });

  it('that were taken back or joined are left out', () =>
    expect(current([finding({ state: 'closed' }), finding({ state: 'merged' }), finding({ state: 'sent' })])).toHaveLength(1));
});

describe('what a decision will do', () => {
  const some = [
    finding({ state: 'draft' }),
    finding({ severity: 'high' }),
    finding({ severity: 'low' }),
    finding({ state: 'sent', severity: 'critical' }),
  ];
  it('says what becomes of comments and findings', () => {
    expect(decisionWords('accept', some).join(' ')).toContain('1 comment and 2 findings that nobody sent are kept as debt');
    expect(decisionWords('accept', []).join(' ')).toContain('Nothing is left open');
    expect(decisionWords('fix', some).join(' ')).toContain('1 comment of yours and 1 finding that blocks go to the agent as one message');
    expect(decisionWords('fix', some).join(' ')).toContain('1 milder finding is kept as debt');
    expect(decisionWords('block', some).join(' ')).toContain('blocked');
  });
});

it('a comment on removed lines quotes them', () => {
  const said = { text: ' why? ', severity: 'low', suggestion: ' ' };
  expect(commentOf('a', { line: 3, endLine: null, removed: 'old' }, said, true)).toEqual({
    text: 'why?\n\nAbout what was removed here:\n> old',
    file: 'a',
    line: 3,
    end_line: null,
    severity: 'low',
    suggestion: null,
  });
  expect(commentOf('a', { line: 3, endLine: 4, removed: 'old' }, said, false).text).toBe('why?');
});

describe('the tree of files', () => {
  it('has folders with their files', () =>
    expect(treeRows(files).map((row) => `${'  '.repeat(row.depth)}${row.name}`)).toEqual([
      'src',
      '  app',
      '    a.ts',
      '    b.ts',
      '  deep/er',
      '    c.ts',
      'README.md',
    ]));
  it('is filtered by words', () => expect(filtered(files, 'SRC b').map((file) => file.path)).toEqual(['src/app/b.ts']));
  it('sinks what was viewed', () =>
    expect(sunken(files, (file) => file.path.startsWith('src/app')).map((file) => file.path)).toEqual([
      'src/deep/er/c.ts',
      'README.md',
      'src/app/a.ts',
      'src/app/b.ts',
    ]));
});
