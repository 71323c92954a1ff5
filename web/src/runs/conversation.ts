import type { StoreEvent } from '../api/types';

/** One thing in a run's conversation, in the order in which it began. */
export type Entry = { key: string; at: string } & (
  | {
      kind: 'prompt';
      messageId: string;
      role: string;
      text: string;
      delivery: 'stored' | 'delivered' | 'dropped';
      note: string | null;
      truncated: boolean;
    }
  | { kind: 'said' | 'thought'; text: string; live: boolean; truncated: boolean }
  | { kind: 'call'; id: string; name: string; input: unknown; live: string; result: CallResult | null }
  | { kind: 'files'; changes: { path: string; kind: string }[] }
  | { kind: 'plan'; steps: { text: string; done: boolean }[]; isLast: boolean }
  | { kind: 'asked'; requestId: string; state: string; event: Record<string, unknown> }
  | { kind: 'question'; text: string; options: string[] }
  | { kind: 'printed'; stream: string; lines: string[] }
  | { kind: 'life'; type: string; words: string; tone: 'plain' | 'good' | 'warn' | 'bad' }
);

export interface CallResult {
  output: string;
  exitCode: number | null;
  failed: boolean;
  at: string;
  truncated: boolean;
}

export interface Conversation {
  entries: readonly Entry[];
  /** Cursor of the last event in it. */
  upTo: string;
}

export const emptyConversation: Conversation = { entries: [], upTo: '0' };

/** Printed lines of one entry: a longer stretch is several entries, so that none is endless. */
const linesOfEntry = 100;

/** Text of an event member. */
const text = (data: Record<string, unknown>, name: string): string => (typeof data[name] === 'string' ? data[name] : '');
const list = (data: Record<string, unknown>, name: string): Record<string, unknown>[] =>
  Array.isArray(data[name]) ? data[name].filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null) : [];

/** The conversation after more events. Events it has already are left out. Pure. */
export function converse(before: Conversation, events: readonly StoreEvent[]): Conversation {
  const entries = [...before.entries];
  let upTo = Number(before.upTo);
  for (const event of events) {
    if (Number(event.cursor) <= upTo) continue;
    upTo = Number(event.cursor);
    take(entries, event);
  }
  return { entries, upTo: String(upTo) };
}

function take(entries: Entry[], event: StoreEvent): void {
  const { data } = event;
  const base = { key: event.cursor, at: event.created_at };
  switch (event.event_type) {
    case 'run.message':
      return whole(entries, base, 'said', data);
    case 'run.reasoning':
      return whole(entries, base, 'thought', data);
    case 'run.delta':
      return piece(entries, base, data);
    case 'run.output':
      return printed(entries, base, data);
    case 'run.tool_call':
      return void entries.push({
        ...base,
        kind: 'call',
        id: text(data, 'id'),
        name: text(data, 'name') || 'tool',
        input: data['input'],
        live: '',
        result: null,
      });
    case 'run.tool_result':
      return returned(entries, base, data);
    case 'run.file_change':
      return void entries.push({
        ...base,
        kind: 'files',
        changes: list(data, 'changes').map((one) => ({ path: text(one, 'path'), kind: text(one, 'kind') })),
      });
    case 'run.plan':
      return planned(entries, base, data);
    case 'run.question':
      return void entries.push({
        ...base,
        kind: 'question',
        text: text(data, 'text'),
        options: (data['options'] as string[] | undefined)?.map(String) ?? [],
      });
    default:
      if (event.event_type.startsWith('message.')) return message(entries, base, event);
      if (event.event_type.startsWith('request.')) return asked(entries, base, event);
      return life(entries, base, event);
  }
}

type Base = { key: string; at: string };

/** The whole of what came in pieces takes their place. */
function whole(entries: Entry[], base: Base, kind: 'said' | 'thought', data: Record<string, unknown>): void {
  const entry: Entry = { ...base, kind, text: text(data, 'text'), live: false, truncated: data['truncated'] === true };
  const open = entries.findLastIndex((one) => one.kind === kind && one.live);
  // Several texts may be growing at once; the one this is the end of begins as it does.
  const own = entries.findLastIndex((one) => one.kind === kind && one.live && entry.text.startsWith(one.text));
  const at = own >= 0 ? own : open;
  if (at < 0) entries.push(entry);
  else entries[at] = { ...entry, key: entries[at]!.key, at: entries[at]!.at };
}

// {"of":"message","id":"msg_1:0","text":"I found "}
function piece(entries: Entry[], base: Base, data: Record<string, unknown>): void {
  const of = text(data, 'of');
  const key = `d:${of}:${text(data, 'id')}`;
  if (of === 'output') {
    const at = entries.findLastIndex(
      (one) => one.kind === 'call' && one.result === null && (one.id === text(data, 'id') || text(data, 'id') === ''),
    );
    const call = entries[at];
    if (call?.kind === 'call') entries[at] = { ...call, live: call.live + text(data, 'text') };
    return;
  }
  const kind = of === 'reasoning' ? 'thought' : 'said';
  const at = entries.findLastIndex((one) => one.key === key && one.kind === kind && one.live);
  const open = entries[at];
  if (open && (open.kind === 'said' || open.kind === 'thought')) entries[at] = { ...open, text: open.text + text(data, 'text') };
  // The same id may be used again after its whole came: the key stays its own.
  else
    entries.push({
      ...base,
      key: entries.some((one) => one.key === key) ? base.key : key,
      kind,
      text: text(data, 'text'),
      live: true,
      truncated: false,
    });
}

function printed(entries: Entry[], base: Base, data: Record<string, unknown>): void {
  const last = entries.at(-1);
  const stream = text(data, 'stream');
  const result = resultOf(text(data, 'text'));
  if (result) return void entries.push({ ...base, kind: 'life', type: 'result', words: result, tone: 'plain' });
  const line = `${text(data, 'text')}${data['truncated'] === true ? ' …' : ''}`;
  if (last?.kind === 'printed' && last.stream === stream && last.lines.length < linesOfEntry)
    entries[entries.length - 1] = { ...last, lines: [...last.lines, line] };
  else entries.push({ ...base, kind: 'printed', stream, lines: [line] });
}

// {"goal_met":true,"summary":"Done.","followup_prompt":null,"notes":null}
function resultOf(line: string): string | null {
  if (!line.startsWith('{') || !line.includes('"goal_met"') || line.length > 20_000) return null;
  try {
    const { goal_met: met, summary } = JSON.parse(line) as { goal_met?: unknown; summary?: unknown };
    return typeof met === 'boolean' ? `Result: goal ${met ? 'met' : 'not met'}. ${typeof summary === 'string' ? summary : ''}` : null;
  } catch {
    return null;
  }
}

function returned(entries: Entry[], base: Base, data: Record<string, unknown>): void {
  const id = text(data, 'id');
  const result: CallResult = {
    output: text(data, 'output'),
    exitCode: typeof data['exit_code'] === 'number' ? data['exit_code'] : null,
    failed: data['failed'] === true,
    at: base.at,
    truncated: data['truncated'] === true,
  };
  const at = entries.findLastIndex((one) => one.kind === 'call' && one.id === id && one.result === null);
  const call = entries[at];
  if (call?.kind === 'call') entries[at] = { ...call, result };
  // Its call is on an earlier page, or the agent told of the result alone.
  else entries.push({ ...base, kind: 'call', id, name: '', input: null, live: '', result });
}

/** A plan is whole each time: the last one is shown in full, those before it in one line. */
function planned(entries: Entry[], base: Base, data: Record<string, unknown>): void {
  const before = entries.findLastIndex((one) => one.kind === 'plan');
  const old = entries[before];
  if (old?.kind === 'plan') entries[before] = { ...old, isLast: false };
  entries.push({
    ...base,
    kind: 'plan',
    steps: list(data, 'steps').map((one) => ({ text: text(one, 'text'), done: one['done'] === true })),
    isLast: true,
  });
}

function message(entries: Entry[], base: Base, event: StoreEvent): void {
  const { data } = event;
  const messageId = text(data, 'message_id');
  const at = entries.findLastIndex((one) => one.kind === 'prompt' && one.messageId === messageId);
  const prompt = entries[at];
  // A message that came from another run of the session is new here.
  if (event.event_type === 'message.created' || (event.event_type === 'message.moved' && !prompt)) {
    entries.push({
      ...base,
      kind: 'prompt',
      messageId,
      role: text(data, 'role'),
      text: text(data, 'text'),
      delivery: 'stored',
      note: null,
      truncated: data['truncated'] === true,
    });
    return;
  }
  if (prompt?.kind !== 'prompt') return;
  if (event.event_type === 'message.delivered') entries[at] = { ...prompt, delivery: 'delivered' };
  else if (event.event_type === 'message.dropped') entries[at] = { ...prompt, delivery: 'dropped', note: text(data, 'reason') };
  else if (event.event_type === 'message.edited')
    entries[at] = { ...prompt, text: text(data, 'text'), truncated: data['truncated'] === true };
}

function asked(entries: Entry[], base: Base, event: StoreEvent): void {
  const requestId = text(event.data, 'request_id');
  if (requestId === '') return;
  const at = entries.findLastIndex((one) => one.kind === 'asked' && one.requestId === requestId);
  const known = entries[at];
  const state =
    event.event_type === 'request.created' ? 'open' : text(event.data, 'state') || (known?.kind === 'asked' ? known.state : 'open');
  if (known?.kind === 'asked') entries[at] = { ...known, state, event: { ...known.event, ...event.data } };
  else entries.push({ ...base, kind: 'asked', requestId, state, event: event.data });
}

/** What happened to the run itself, in words; nothing for what is shown elsewhere. */
function life(entries: Entry[], base: Base, event: StoreEvent): void {
  const found = wordsOfLife(event);
  if (found) entries.push({ ...base, kind: 'life', type: event.event_type, words: found[0], tone: found[1] });
  // After its end nothing is growing any more.
  if (/^run\.(succeeded|failed|canceled|timed_out|lost)$/.test(event.event_type))
    for (const [at, one] of entries.entries())
      if ((one.kind === 'said' || one.kind === 'thought') && one.live) entries[at] = { ...one, live: false };
}

type Words = [string, 'plain' | 'good' | 'warn' | 'bad'] | null;

function wordsOfLife({ event_type: type, data }: StoreEvent): Words {
  const because = text(data, 'message') || text(data, 'note') || text(data, 'reason');
  switch (type) {
    case 'run.queued':
      return [`Queued for profile ${text(data, 'profile')}${text(data, 'why') ? `: ${text(data, 'why')}` : ''}`, 'plain'];
    case 'run.started':
      return [
        `${text(data, 'agent')} started, ` +
          (text(data, 'protection') === 'none' ? 'without a sandbox' : `protection: ${text(data, 'protection')}`),
        'plain',
      ];
    case 'run.adopted':
      return ['The daemon was restarted and goes on with this run', 'plain'];
    case 'run.waiting':
      return [data['for'] === 'children' ? 'Waits for its children' : 'Waits for an answer', 'warn'];
    case 'run.resumed':
      return ['Goes on', 'plain'];
    case 'run.outcome':
      return [`Says: goal ${data['goal_met'] === true ? 'met' : 'not met'}. ${text(data, 'summary')}`, 'plain'];
    case 'run.stopping':
      return [`Was told to stop: ${because}`, 'warn'];
    case 'run.stop_step':
      return [text(data, 'text') || text(data, 'action'), 'plain'];
    case 'run.warning':
      return [`Warning ${text(data, 'code')}: ${text(data, 'text')}`, 'warn'];
    case 'run.succeeded':
      return ['Succeeded', 'good'];
    case 'run.failed':
      return [`Failed: ${because}`, 'bad'];
    case 'run.canceled':
      return [`Canceled${because ? `: ${because}` : ''}`, 'warn'];
    case 'run.timed_out':
      return [`Timed out: ${because}`, 'bad'];
    case 'run.lost':
      return [`Lost: ${because}`, 'bad'];
    case 'session.spawned':
      return [`Spawned a child: ${text(data, 'title') || text(data, 'run_id').slice(0, 8)}`, 'plain'];
    case 'session.child_finished':
      return [`Child ${text(data, 'title') || text(data, 'run_id').slice(0, 8)} ended: ${text(data, 'status')}`, 'plain'];
    case 'check.finished':
      return [`Check ${text(data, 'verdict')}: ${text(data, 'summary')}`, text(data, 'verdict') === 'passed' ? 'good' : 'warn'];
    default:
      return null;
  }
}
