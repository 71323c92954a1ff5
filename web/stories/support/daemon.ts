import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Item, Run } from '../../src/api/types';
import { until } from './until';

const here = dirname(fileURLToPath(import.meta.url));

/** The repository's root. */
export const root = resolve(here, '../../..');

/** The published program: the one the tests name, else the one that `./run build` made last. */
export const program =
  process.env['AGENTCTL_UNDER_TEST'] || join(root, 'artifacts/publish', lineOf(join(root, 'artifacts/publish/current'), 1), 'agentctl');

function lineOf(path: string, at: number): string {
  return existsSync(path) ? (readFileSync(path, 'utf8').split('\n')[at] ?? '') : '';
}

export interface DaemonOptions {
  /** Further lines of config.yaml. */
  config?: string;
  /** Further profiles, each a line of config.yaml with two blanks before it. */
  profiles?: string;
  /** The profile that reviews work of the sample project; plain without it. */
  reviewer?: string;
  /** Slots for runs. */
  maxConcurrency?: number;
  /** Ready items of the sample project start by themselves; true without it. */
  autoRun?: boolean;
  /** Accepted work of the sample project is merged; true without it. */
  deliver?: boolean;
  /** The sample project has a command that verifies work, so that it is done without anybody; without one a person looks. */
  verify?: boolean;
  /** Further variables of the daemon. */
  env?: Readonly<Record<string, string>>;
  /** No sample project and no repository: a daemon as it is when somebody starts it for the first time. */
  bare?: boolean;
}

/** What an item of a story says; the rest is as the daemon chooses. */
export interface NewItem {
  title: string;
  /** Lines that begin with an exclamation mark are what the agent does (agent.mjs). */
  description?: string;
  /** null: none. */
  project?: string | null;
  profile?: string;
  [member: string]: unknown;
}

/**
 * A real daemon, the published program, with a data folder, a port and a sample repository of its own, and agents that do what the prompt
 * says: `plain` (a command that prints), `talk` (asks before it acts) and `reviewer`.
 */
export class Daemon {
  url = '';
  private process: ChildProcess | null = null;
  private port = 0;
  private said = '';

  private constructor(
    readonly folder: string,
    private readonly options: DaemonOptions,
  ) {}

  static async start(options: DaemonOptions = {}): Promise<Daemon> {
    const daemon = new Daemon(mkdtempSync(join(tmpdir(), 'board-story-')), options);
    mkdirSync(daemon.data, { mode: 0o700 });
    mkdirSync(join(daemon.folder, 'gates'));
    if (!options.bare) daemon.makeRepository();
    writeFileSync(join(daemon.data, 'config.yaml'), daemon.configuration());
    await daemon.launch();
    return daemon;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** The sample repository: one file, one test, branch main. */
  get repository(): string {
    return join(this.folder, 'sample');
  }

  get token(): string {
    return readFileSync(join(this.data, 'token'), 'utf8').trim();
  }

  /** What agentctl prints; fails when it does. */
  ctl(...words: string[]): string {
    return execFileSync(program, words, {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: this.environment(),
      cwd: this.folder,
    }).trim();
  }

  /** A link that lets one browser in, once: what `agentctl open` asks for. */
  link = async (): Promise<string> => (await this.post<{ url: string }>('/open')).url;

  /** Asks the daemon with its own token. Fails when it refuses. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }

  get = <T>(path: string): Promise<T> => this.ask<T>('GET', path);

  post = <T>(path: string, body: unknown = {}): Promise<T> => this.ask<T>('POST', path, body);

  async add(item: NewItem): Promise<Item> {
    return (await this.post<{ item: Item }>('/items', { profile: 'plain', project: this.options.bare ? null : 'sample', ...item })).item;
  }

  /** Adds an item that may start. */
  async addReady(item: NewItem): Promise<Item> {
    const added = await this.add(item);
    return (await this.post<{ item: Item }>(`/items/${added.id}/ready`)).item;
  }

  item = async (id: string): Promise<Item> => (await this.get<{ item: Item }>(`/items/${id}`)).item;

  run = async (id: string): Promise<Run> => (await this.get<{ run: Run }>(`/runs/${id}`)).run;

  /** Waits until the item is in the status. */
  async reaches(id: string, status: Item['status']): Promise<Item> {
    let seen: Item | null = null;
    return until(
      `item ${id} is ${status}`,
      async () => {
        seen = await this.item(id);
        return seen.status === status ? seen : null;
      },
      () => `it is ${seen?.status}: ${JSON.stringify(seen?.causes)}`,
    );
  }

  /** Waits until a run of the item is there, and is in one of these statuses. */
  async runOf(itemId: string, ...statuses: Run['status'][]): Promise<Run> {
    return until(`a run of item ${itemId} is ${statuses.join(' or ')}`, async () => {
      const { runs } = await this.get<{ runs: Run[] }>(`/runs?item_id=${itemId}`);
      return runs.find((run) => statuses.length === 0 || statuses.includes(run.status)) ?? null;
    });
  }

  /** Lets agents go on that wait at this gate (`!wait NAME`). */
  release(gate: string): void {
    writeFileSync(join(this.folder, 'gates', gate), '');
  }

  /** kill -9: agents go on. */
  async kill(): Promise<void> {
    const gone = this.ended();
    this.process?.kill('SIGKILL');
    await gone;
  }

  /** Starts it again on the same port. */
  restart = (): Promise<void> => this.launch();

  /** Ends everything this story started, and removes its folder. */
  async stop(): Promise<void> {
    try {
      if (this.process?.exitCode === null && this.process.signalCode === null) await this.cancelAll();
    } finally {
      const gone = this.ended();
      this.process?.kill('SIGTERM');
      await gone;
      sweep(this.folder);
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  private async cancelAll(): Promise<void> {
    // What is ready would start when a slot is free.
    await this.post('/queue/pause').catch(() => undefined);
    const open = async (): Promise<Run[]> =>
      (await this.get<{ runs: Run[] }>('/runs?status=queued,starting,running,waiting,stopping&limit=500')).runs;
    for (const run of await open()) await this.post(`/runs/${run.id}/cancel`).catch(() => undefined);
    await until('no run is open', async () => ((await open()).length === 0 ? true : null));
  }

  private ended(): Promise<void> {
    const process = this.process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return Promise.resolve();
    return new Promise((done) => process.once('exit', () => done()));
  }

  private async launch(): Promise<void> {
    rmSync(join(this.data, 'daemon.json'), { force: true });
    const words = [
      'agentd',
      '--data',
      this.data,
      '--port',
      String(this.port),
      '--max-concurrency',
      String(this.options.maxConcurrency ?? 4),
    ];
    const started = spawn(program, words, { cwd: this.folder, env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = started;
    started.stdout.on('data', (text: Buffer) => (this.said += text.toString()));
    started.stderr.on('data', (text: Buffer) => (this.said += text.toString()));
    this.url = await until(
      'the daemon listens',
      () => {
        if (started.exitCode !== null) throw new Error(`the daemon ended: ${this.said}`);
        const file = join(this.data, 'daemon.json');
        return existsSync(file) ? ((JSON.parse(readFileSync(file, 'utf8')) as { url: string }).url ?? null) : null;
      },
      () => this.said,
    );
    this.port = Number(new URL(this.url).port);
  }

  private environment(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !/^(AGENTCTL_|AGENTD_|PORT$)/.test(name));
    // A board that was just built (`BOARD_OUT=… npm run build`) is tried without publishing the program.
    const board = process.env['BOARD_UNDER_TEST'];
    return { ...Object.fromEntries(own), ...this.options.env, AGENTD_DATA: this.data, ...(board ? { AGENTD_BOARD_DIR: board } : {}) };
  }

  private makeRepository(): void {
    const git = (...words: string[]): void =>
      void execFileSync(
        'git',
        ['-c', 'user.name=Story', '-c', 'user.email=story@example.com', '-c', 'commit.gpgsign=false', '-C', this.repository, ...words],
        { stdio: 'pipe' },
      );
    mkdirSync(join(this.repository, 'test'), { recursive: true });
    git('init', '-q', '-b', 'main');
    writeFileSync(join(this.repository, 'greet.sh'), '#!/bin/sh\n[ $# -gt 0 ] || set -- world\necho "Hello, $1!"\n');
    writeFileSync(join(this.repository, 'test.sh'), '#!/bin/sh\nfor test in test/*.sh; do sh -e "$test" || exit 1; done\n');
    writeFileSync(join(this.repository, 'test/greet.sh'), '[ "$(sh greet.sh Ada)" = "Hello, Ada!" ]\n');
    git('add', '-A');
    git('commit', '-q', '-m', 'A program that greets');
  }

  private configuration(): string {
    const agent = JSON.stringify(join(here, 'agent.mjs'));
    const node = JSON.stringify(process.execPath);
    const env = `env: {STORY_GATES: ${JSON.stringify(join(this.folder, 'gates'))}}`;
    const project = this.options.bare
      ? ''
      : `
projects:
  sample:
    path: ${JSON.stringify(this.repository)}
    verify: ${this.options.verify === false ? '[]' : '[[sh, test.sh]]'}
    auto_run: ${this.options.autoRun ?? true}
    max_parallel: 4
    profiles: {code: plain, review: ${this.options.reviewer ?? 'plain'}}${
      this.options.deliver === false ? '' : '\n    deliver: merge\n    update_checkout: true'
    }`;
    return `
profiles:
  plain: {agent: command, command: [${node}, ${agent}, plain], ${env}}
${this.options.profiles ?? ''}
  talk: {agent: claude, command: [${node}, ${agent}, talk], ${env}}${project}
${this.options.config ?? ''}
`;
  }
}

/** Kills what is left of a story's agents: they carry its folder in their environment. */
function sweep(folder: string): void {
  if (!existsSync('/proc/self/environ')) return;
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (readFileSync(`/proc/${id}/environ`, 'utf8').includes(folder)) process.kill(Number(id), 'SIGKILL');
    } catch {
      // It has ended, or is somebody else's.
    }
  }
}
