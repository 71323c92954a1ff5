import { describe, expect, it } from 'vitest';
import type { StoreEvent } from '../api/types';
import { converse, emptyConversation, type Entry } from './conversation';

let cursor = 0;
const event = (event_type: string, data: Record<string, unknown>): StoreEvent => ({
  id: `e${++cursor}`,
  cursor: String(cursor),
  event_type,
  session_id: 's',
  run_id: 'r',
  item_id: null,
  created_at: `2026-01-31T09:30:${String(cursor % 60).padStart(2, '0')}Z`,
  actor: 'agent',
  data,
});
const of = (...events: StoreEvent[]): readonly Entry[] => converse(emptyConversation, events).entries;
const delta = (kind: string, id: string, text: string): StoreEvent => event('run.delta', { of: kind, id, text });

describe('a conversation', () => {
  it('keeps messages, thoughts and printed lines in order', () => {
    const entries = of(
      event('run.reasoning', { text: 'hm' }),
      event('run.message', { text: 'hello' }),
      event('run.output', { stream: 'stdout', text: 'a' }),
      event('run.output', { stream: 'stdout', text: 'b', truncated: true }),
      event('run.output', { stream: 'stderr', text: 'c' }),
    );
    expect(entries.map((entry) => entry.kind)).toEqual(['thought', 'said', 'printed', 'printed']);
    expect(entries[2]).toMatchObject({ stream: 'stdout', lines: ['a', 'b …'] });
  });

  it('says a result in words', () => {
    const entries = of(
      event('run.output', { stream: 'stdout', text: '{"goal_met":false,"summary":"No."}' }),
      event('run.output', { stream: 'stdout', text: '{"goal_met":' }),
    );
    expect(entries).toMatchObject([
      { kind: 'life', words: 'Result: goal not met. No.' },
      { kind: 'printed', lines: ['{"goal_met":'] },
    ]);
  });

  it('begins a new entry after a hundred lines', () => {
    const lines = Array.from({ length: 250 }, (_, at) => event('run.output', { stream: 'stdout', text: String(at) }));
    expect(of(...lines).map((entry) => entry.kind === 'printed' && entry.lines.length)).toEqual([100, 100, 50]);
  });

  it('joins pieces and puts the whole in their place, never both', () => {
    const pieces = [delta('message', 'm1', 'I fo'), delta('message', 'm1', 'und it')];
    expect(of(...pieces)).toMatchObject([{ kind: 'said', text: 'I found it', live: true }]);
    const entries = of(...pieces, event('run.message', { text: 'I found it.' }));
    expect(entries).toMatchObject([{ kind: 'said', text: 'I found it.', live: false }]);
  });

  it('tells pieces of several texts apart', () => {
    const entries = of(
      delta('reasoning', 'r1', 'think'),
      delta('message', 'm1', 'a'),
      delta('reasoning', 'r1', 'ing'),
      event('run.reasoning', { text: 'thinking' }),
      delta('message', 'm1', 'b'),
      event('run.message', { text: 'ab' }),
      delta('message', 'm1', 'again'),
    );
    expect(entries.map((entry) => 'text' in entry && `${entry.kind}:${entry.text}`)).toEqual(['thought:thinking', 'said:ab', 'said:again']);
    expect(new Set(entries.map((entry) => entry.key)).size).toBe(3);
  });

  it('puts a result with its call, and what a tool prints meanwhile', () => {
    const entries = of(
      event('run.tool_call', { id: 'c1', name: 'shell', input: { command: ['ls'] } }),
      event('run.tool_call', { id: 'c2', name: 'read', input: 'x' }),
      delta('output', 'c1', 'REA'),
      delta('output', 'c1', 'DME'),
      event('run.tool_result', { id: 'c1', output: 'README', exit_code: 1, failed: true }),
    );
    expect(entries).toMatchObject([
      { kind: 'call', name: 'shell', live: 'README', result: { output: 'README', exitCode: 1, failed: true } },
      { kind: 'call', name: 'read', result: null },
    ]);
  });

  it('pairs calls without ids with the last one that is open', () => {
    const entries = of(
      event('run.tool_call', { id: '', name: 'a' }),
      event('run.tool_result', { id: '', output: '1' }),
      event('run.tool_call', { id: '', name: 'b' }),
      event('run.tool_result', { id: '', output: '2' }),
    );
    expect(entries.map((entry) => entry.kind === 'call' && `${entry.name}=${entry.result?.output}`)).toEqual(['a=1', 'b=2']);
  });

  it('shows a result whose call is on an earlier page', () =>
    expect(of(event('run.tool_result', { id: 'c9', output: 'x' }))).toMatchObject([{ kind: 'call', name: '', result: { output: 'x' } }]));

  it('shows the last plan in full', () => {
    const step = (done: boolean): unknown[] => [{ text: 'Test', done }];
    const entries = of(
      event('run.plan', { steps: step(false) }),
      event('run.message', { text: 'm' }),
      event('run.plan', { steps: step(true) }),
    );
    expect(entries.map((entry) => entry.kind === 'plan' && entry.isLast)).toEqual([false, false, true]);
  });

  it('follows a question to its answer in place', () => {
    const created = event('request.created', { request_id: 'q', kind: 'approval_request', text: 'May I?', options: [] });
    expect(of(created)).toMatchObject([{ kind: 'asked', state: 'open' }]);
    expect(of(created, event('request.answered', { request_id: 'q', state: 'approved', by: 'local' }))).toMatchObject([
      { kind: 'asked', state: 'approved', event: { text: 'May I?', by: 'local' } },
    ]);
    expect(of(created, event('request.withdrawn', { request_id: 'q', state: 'withdrawn' }))).toMatchObject([{ state: 'withdrawn' }]);
  });

  it('follows a message to its agent', () => {
    const made = event('message.created', { message_id: 'm', role: 'user', text: 'Fix it' });
    expect(
      of(made, event('message.edited', { message_id: 'm', text: 'Fix it well' }), event('message.delivered', { message_id: 'm' })),
    ).toMatchObject([{ kind: 'prompt', text: 'Fix it well', delivery: 'delivered' }]);
    expect(
      of(event('message.moved', { message_id: 'm', role: 'user', text: 'Fix it' }), event('message.delivered', { message_id: 'm' })),
    ).toMatchObject([{ kind: 'prompt', text: 'Fix it', delivery: 'delivered' }]);
    expect(of(made, event('message.moved', { message_id: 'm', role: 'user', text: 'Fix it' }))).toMatchObject([{ delivery: 'stored' }]);
    expect(of(made, event('message.dropped', { message_id: 'm', reason: 'Its run failed.' }))).toMatchObject([
      { delivery: 'dropped', note: 'Its run failed.' },
    ]);
  });

  it('takes no event twice', () => {
    const events = [event('run.message', { text: 'once' }), event('run.output', { stream: 'stdout', text: 'x' })];
    const first = converse(emptyConversation, events);
    expect(converse(first, events).entries).toEqual(first.entries);
  });

  it('is the same in one go and piece by piece', () => {
    const events = [
      event('run.queued', { profile: 'p' }),
      delta('message', 'm', 'a'),
      event('run.tool_call', { id: '1', name: 't' }),
      delta('message', 'm', 'b'),
      event('run.tool_result', { id: '1', output: '' }),
      event('run.message', { text: 'ab' }),
      event('run.plan', { steps: [] }),
      event('run.succeeded', {}),
    ];
    const inPieces = events.reduce((state, one) => converse(state, [one]), emptyConversation);
    expect(inPieces).toEqual(converse(emptyConversation, events));
  });

  it('lets nothing grow after the end', () => {
    const entries = of(delta('message', 'm', 'half'), event('run.canceled', { note: 'enough' }));
    expect(entries).toMatchObject([{ live: false }, { kind: 'life', words: 'Canceled: enough', tone: 'warn' }]);
  });

  it('takes whatever an agent sends', () => {
    const odd = { id: 7, text: null, steps: 'no', changes: [null, 3, {}], options: null, input: undefined };
    const types = [
      'run.message',
      'run.delta',
      'run.plan',
      'run.file_change',
      'run.question',
      'run.tool_call',
      'run.tool_result',
      'run.output',
      'request.created',
      'run.failed',
    ];
    expect(() => of(...types.map((type) => event(type, odd)), ...types.map((type) => event(type, {})))).not.toThrow();
  });
});
