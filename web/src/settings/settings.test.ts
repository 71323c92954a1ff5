import { expect, test } from 'vitest';
import { agentsOf, found, limitsOf, valueText } from './settings';

test('limits of a profile are said in words, and only its own', () => {
  const rows = [
    { key: 'profiles.a.limits.total_s', value: 7_200, origin: 'x' },
    { key: 'profiles.a.limits.cost_usd', value: 5, origin: 'x' },
    { key: 'profiles.ab.limits.turns', value: 3, origin: 'x' },
  ];
  expect(limitsOf('a', rows)).toBe('2 h, $5.00');
  expect(limitsOf('b', rows)).toBe('');
});

test('a value is shown as it is typed', () => {
  expect([valueText('spark'), valueText(4), valueText([['dotnet', 'test']]), valueText(false), valueText(null)]).toEqual([
    'spark',
    '4',
    '[["dotnet","test"]]',
    'false',
    'null',
  ]);
});

test('settings are found by key, value and origin', () => {
  const rows = [
    { key: 'limits.max_concurrency', value: 4, origin: 'default' },
    { key: 'projects.demo.path', value: '/demo', origin: '/c.yaml:3' },
  ];
  expect(found(rows, 'DEMO').map((row) => row.key)).toEqual(['projects.demo.path']);
  expect(found(rows, 'c.yaml')).toHaveLength(1);
  expect(found(rows, '')).toHaveLength(2);
});

test('what the doctor says of agents is taken apart', () => {
  const check = (name: string, text: string) => ({ name, status: 'ok', found: text, fix: null });
  expect(
    agentsOf([
      check('git', 'git version 2.47.3'),
      check('agent codex', 'codex-cli 0.169.0 (by exec, app-server); logged in (OPENAI_API_KEY is set)'),
      check('agent claude', '2.1.329 (Claude Code) (by print, stream); no login found (neither /x nor Y)'),
      check('agent gemini', 'not found on PATH, or without a version'),
    ]).map(({ name, version, protocols, login }) => [name, version, protocols, login]),
  ).toEqual([
    ['codex', '0.169.0', 'exec, app-server', 'yes'],
    ['claude', '2.1.329', 'print, stream', 'no'],
    ['gemini', null, null, 'unknown'],
  ]);
});
