import { describe, expect, it } from 'vitest';
import { Problem } from '../api/http';
import type { Need } from '../api/types';
import { byUrgency, detailOf, equalTo, placeOf } from './words';

const need = (id: string, members: Partial<Need> = {}): Need => ({
  id,
  kind: 'approval',
  urgency: 1,
  title: id,
  text: 'May I?',
  command: null,
  options: [],
  folder: null,
  risk: null,
  number: null,
  expires_at: null,
  project: null,
  item_id: null,
  run_id: null,
  request_id: null,
  plan_id: null,
  decision_id: null,
  review_id: null,
  since: '2026-01-31T09:00:00Z',
  ...members,
});

describe('needs', () => {
  it('come by urgency, then by how long they wait', () => {
    const list = byUrgency([need('c', { urgency: 2 }), need('b', { since: '2026-01-31T10:00:00Z' }), need('a')]);
    expect(list.map((one) => one.id)).toEqual(['a', 'b', 'c']);
  });

  it('are equal when they ask for the same, whoever asks', () => {
    const ask = (id: string, command: string) => need(id, { command, request_id: `r${id}`, title: `of ${id}` });
    const all = [ask('a', 'npm ci'), ask('b', 'npm ci'), ask('c', 'rm -rf /'), need('d')];
    expect(equalTo(all[0]!, all).map((one) => one.id)).toEqual(['a', 'b']);
    expect(equalTo(all[3]!, all)).toEqual([all[3]]);
  });

  it('have what the agent said beside the exact command', () => {
    expect(detailOf({ detail: { command: 'git status', folder: '/x', tool: 'Bash', note: 'why' } })).toEqual({
      tool: 'Bash',
      diff: null,
      rest: '{\n  "note": "why"\n}',
    });
    expect(detailOf({ detail: { path: 'a.txt', diff: '+x' } })).toEqual({ tool: null, diff: '+x', rest: null });
    expect(detailOf({ detail: null })).toEqual({ tool: null, diff: null, rest: null });
  });

  it('lead to where they are looked at', () => {
    expect(placeOf(need('a', { kind: 'review', item_id: 'i' }))).toBe('/app/items/i/review');
    expect(placeOf(need('a', { kind: 'stalled', item_id: 'i', run_id: 'r' }))).toBe('/app/runs/r');
    expect(placeOf(need('a', { kind: 'decision', plan_id: 'p' }))).toBe('/app/plans/p');
  });
});

describe('a second answer', () => {
  it('says which was the first', async () => {
    Object.assign(globalThis, { navigator: { platform: '' }, document: { addEventListener: () => undefined } });
    const { firstAnswerOf } = await import('./answer');
    const refused = new Problem({
      status: 409,
      code: 'conflict',
      title: '',
      detail: '',
      state: 'denied',
      answered_by: 'phone',
    } as never);
    expect(firstAnswerOf(refused)).toBe('It was denied before, by phone. That answer counts.');
    expect(firstAnswerOf(new Problem({ status: 409, code: 'conflict', title: '', detail: '' }))).toBeNull();
    expect(firstAnswerOf(new Error('x'))).toBeNull();
  });
});
