import { describe, expect, it } from 'vitest';
import type { Check } from '../api/types';
import { event } from '../board/sample';
import { criteriaOf, lastCheck } from './evidence';
import { say } from './history';

const evidence = (no: number, outcome: 'passed' | 'failed' | 'open', criterion: string | null = null): Check['evidence'][number] => ({
  no,
  kind: criterion ? 'criterion' : 'command',
  outcome,
  text: `look ${no}`,
  command: null,
  exit_code: null,
  tail: null,
  criterion,
  started_at: null,
  ended_at: null,
});
const check = (id: string, state: Check['state'], all: Check['evidence'] = []): Check => ({
  id,
  run_id: null,
  item_id: 'i',
  delivery_id: null,
  state,
  verdict: state === 'finished' ? 'passed' : null,
  summary: null,
  commit: null,
  requested_by: 'daemon',
  created_at: '2026-01-31T09:00:00Z',
  started_at: null,
  ended_at: null,
  evidence: all,
});

describe('evidence', () => {
  it('stands by its criterion; one no outweighs a yes, and silence is open', () => {
    const one = check('a', 'finished', [
      evidence(1, 'passed', 'A'),
      evidence(2, 'failed', 'A'),
      evidence(3, 'passed', 'B'),
      evidence(4, 'passed'),
    ]);
    const { criteria, rest } = criteriaOf(['A', 'B', 'C'], one);
    expect(criteria.map((criterion) => [criterion.text, criterion.state, criterion.evidence.length])).toEqual([
      ['A', 'failed', 2],
      ['B', 'passed', 1],
      ['C', 'open', 0],
    ]);
    expect(rest.map((other) => other.no)).toEqual([4]);
  });

  it('of a criterion that is no more is told with the rest', () => {
    expect(criteriaOf([], check('a', 'finished', [evidence(1, 'open', 'old')])).rest).toHaveLength(1);
    expect(criteriaOf(['A'], null)).toEqual({ criteria: [{ text: 'A', state: 'open', evidence: [] }], rest: [] });
  });

  it('is that of the last check that has ended', () => {
    expect(lastCheck([check('b', 'running'), check('a', 'finished')])?.id).toBe('a');
    expect(lastCheck([check('b', 'running')])?.id).toBe('b');
    expect(lastCheck([])).toBeNull();
  });
});

describe('history', () => {
  it('says what happened in words', () => {
    expect(say(event('item.moved', { data: { from: 'in_flight', to: 'blocked', causes: [{ text: '3 attempts.' }] } }))).toEqual({
      text: 'in flight → blocked: 3 attempts.',
      tone: 'bad',
    });
    expect(say(event('item.changed', { data: { title: 'x', acceptance_criteria: [] } })).text).toBe('Changed title, acceptance criteria');
    expect(say(event('check.finished', { data: { verdict: 'passed', summary: '2 of 2.' } }))).toEqual({
      text: 'Check passed: 2 of 2.',
      tone: 'good',
    });
    expect(say(event('run.failed', { data: { reason: 'exit_nonzero' } })).text).toBe('The run failed: exit nonzero');
  });

  it('shows what it does not know by its name', () => {
    expect(say(event('delivery.waiting', { data: { why: 'main moved meanwhile.' } })).text).toBe('Delivery waiting: main moved meanwhile.');
    expect(say(event('new.kind_of_thing')).text).toBe('New kind of thing');
  });
});
