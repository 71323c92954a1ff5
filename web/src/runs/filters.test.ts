import { describe, expect, it } from 'vitest';
import { filterOf, isOpen, titleOf } from './filters';

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
