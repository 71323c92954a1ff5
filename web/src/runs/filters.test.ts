import { describe, expect, it } from 'vitest';
import { filterOf, isOpen, titleOf, withoutCommands } from './filters';

describe('filters of runs', () => {
  it('come from the address', () =>
    expect(filterOf('?status=failed,lost&project=shop&agent=codex&tab=x')).toEqual({
      status: 'failed,lost',
      project: 'shop',
      agent: 'codex',
    }));
  it('leave out what is no status', () => expect(filterOf('?status=failed,drop%20table')).toEqual({ status: 'failed' }));
  it('are empty without any', () => expect(filterOf('')).toEqual({}));
  it('know what is open', () => expect(['running', 'waiting', 'succeeded'].map(isOpen)).toEqual([true, true, false]));
});

describe('the title of a run', () => {
  it.each([
    [{ id: '0123456789abcdef', title: 'Given', prompt: 'x' }, 'Given'],
    [{ id: '0123456789abcdef', title: null, prompt: '\n## Fix it\nmore' }, 'Fix it'],
    [{ id: '0123456789abcdef', title: null, prompt: ' \n' }, 'Run 01234567'],
  ])('%j', (run, title) => expect(titleOf(run)).toBe(title));
});

it.each([
  [
    "It waits: \"May I?\". Answer it with 'agentctl approve 1' or 'agentctl deny 1'; with --rule it need not be asked again.",
    'It waits: "May I?".',
  ],
  ['It is running.', 'It is running.'],
  [
    "It met its limit. A person is asked how to go on: 'agentctl request show 1', then 'request answer 1 --option'.",
    'It met its limit. A person is asked how to go on:',
  ],
])('a person in a browser reads %j without commands', (text, shown) => expect(withoutCommands(text)).toBe(shown));
