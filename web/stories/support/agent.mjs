// A scripted agent. It does what its prompt says after exclamation marks (`!say I look around.`), line by line, and ends well.
// `node agent.mjs plain` is an agent of the kind `command`: it prints lines. `node agent.mjs talk` speaks the two-way stream-json of Claude
// Code: it asks before it runs a command, and asks questions. STORY_GATES: folder of the files that it may be told to wait for.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const talks = process.argv[2] === 'talk';
const gates = process.env.STORY_GATES ?? '.';
const print = (text) => process.stdout.write(`${text}\n`);
const send = (message) => print(JSON.stringify(message));

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let asked = 0;
const end = { goal_met: true, summary: 'All of it is done.' };
const usage = { input_tokens: 1200, cache_read_input_tokens: 300, output_tokens: 90 };
let cost = 0.012;

const assistant = (block) => send({ type: 'assistant', message: { model: 'story-1', content: [block] } });
const say = (text) => (talks ? assistant({ type: 'text', text }) : send({ agentctl: { type: 'message', text } }));

/** Shows a tool's call and what came of it. */
function used(name, input, output, failed = false) {
  const id = `tool_${++asked}`;
  if (talks) {
    assistant({ type: 'tool_use', id, name, input });
    send({ type: 'user', message: { content: [{ tool_use_id: id, type: 'tool_result', content: output, is_error: failed }] } });
  } else {
    send({ agentctl: { type: 'tool_call', id, name, input } });
    send({ agentctl: { type: 'tool_result', id, output, exit_code: failed ? 1 : 0 } });
  }
}

/** Asks in the protocol, and waits for the answer. */
async function ask(tool, input) {
  const id = `ask_${++asked}`;
  send({ type: 'control_request', request_id: id, request: { subtype: 'can_use_tool', tool_name: tool, input, tool_use_id: id } });
  for (;;) {
    const { value, done } = await lines.next();
    if (done) process.exit(1);
    const answer = JSON.parse(value);
    if (answer.type === 'control_request' && answer.request?.subtype === 'interrupt') process.exit(130);
    if (answer.type === 'control_response' && answer.response?.request_id === id) return answer.response.response;
  }
}

async function gate(name) {
  const path = `${gates}/${name}`;
  if (existsSync(path)) return;
  await new Promise((resolve) => {
    const watcher = watch(gates, () => existsSync(path) && resolve(watcher.close()));
    if (existsSync(path)) resolve(watcher.close());
  });
}

function write(rest, how) {
  const [path, ...words] = rest.split(' ');
  mkdirSync(dirname(path), { recursive: true });
  how(path, `${words.join(' ').replaceAll('\\n', '\n')}\n`);
  used('Write', { file_path: path, content: words.join(' ') }, 'written');
}

const steps = {
  say,
  print,
  tool: (rest) => used('shell', { command: rest }, `what ${rest} printed`),
  write: (rest) => write(rest, writeFileSync),
  append: (rest) => write(rest, appendFileSync),
  lines: (rest) => print(Array.from({ length: Number(rest) }, (_, at) => `line ${at + 1} of ${rest}`).join('\n')),
  wait: gate,
  goal: (rest) => Object.assign(end, { goal_met: rest === 'met' }),
  end: (rest) => Object.assign(end, { summary: rest }),
  cost: (rest) => (cost = Number(rest)),
  fail: (rest) => {
    process.stderr.write(`${rest}\n`);
    process.exit(3);
  },
  run: async (rest) => {
    const answer = await ask('Bash', { command: rest, description: 'A command of the story' });
    if (answer.behavior !== 'allow') return say(`I was told no: ${answer.message}`);
    used('Bash', { command: rest }, execFileSync('/bin/sh', ['-c', rest], { encoding: 'utf8' }));
  },
  /** Waits for a message into its turn, as Claude Code does: it says when it has it. */
  hear: async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) process.exit(1);
      const message = JSON.parse(value);
      if (message.type === 'control_request' && message.request?.subtype === 'interrupt') process.exit(130);
      if (message.type !== 'user') continue;
      send({ ...message, isReplay: true });
      return say(`I heard: ${message.message.content[0].text}`);
    }
  },
  ask: async (rest) => {
    const [question, ...options] = rest.split('|').map((word) => word.trim());
    const answer = await ask('AskUserQuestion', { questions: [{ question, options: options.map((label) => ({ label })) }] });
    say(`I was told: ${answer.updatedInput?.answers?.[question] ?? answer.message}`);
  },
};

async function prompt() {
  if (talks) return JSON.parse((await lines.next()).value).message.content[0].text;
  let text = '';
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return text;
    text += `${value}\n`;
  }
}

const told = await prompt();
const thread = '5f0c9d3e-1a7b-4c48-9000-000000000000';
if (talks) send({ type: 'system', subtype: 'init', cwd: process.cwd(), session_id: thread, model: 'story-1' });
// Also where somebody quotes it: a reviewer's remark comes as an entry of a list.
const orders = new RegExp(`(?:^|[\\s"'])!(${Object.keys(steps).join('|')})(?: (.*))?$`, 'gm');
for (const [, word, rest] of told.matchAll(orders)) await steps[word]((rest ?? '').trim());
if (talks) {
  send({ type: 'result', subtype: 'success', is_error: false, result: end.summary, structured_output: end, usage, total_cost_usd: cost });
  // The daemon ends the input once it has read this.
  while (!(await lines.next()).done);
} else {
  send({ agentctl: { type: 'usage', input_tokens: usage.input_tokens, output_tokens: usage.output_tokens, cost_usd: cost } });
  send(end);
}
process.exit(0);
