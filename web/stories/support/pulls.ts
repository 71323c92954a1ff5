import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = 'acme/shop';

interface Pull {
  number: number;
  title: string;
  head: string;
  base: string;
  draft: boolean;
  state: 'open' | 'closed';
  merged: string | null;
}

/**
 * A server that answers as GitHub does where a pull request is opened, looked at and merged (https://docs.github.com/rest/pulls), with
 * git's own server (git http-backend) for the branches. One private repository, {@link repository}.
 */
export class PullServer {
  readonly token = 'ghp_story';
  readonly pulls: Pull[] = [];
  private readonly checks = new Map<string, object[]>();
  private readonly comments: object[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'board-github-'));
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<PullServer> {
    const made = new PullServer();
    mkdirSync(made.bare, { recursive: true });
    made.git('init', '--quiet', '--bare', '--initial-branch=main');
    made.git('config', 'http.receivepack', 'true');
    await new Promise<void>((done) => made.server.listen(0, '127.0.0.1', done));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The bare repository, as a folder to push to. */
  get bare(): string {
    return join(this.folder, `${repository}.git`);
  }

  /** What a person's clone has as its remote. */
  readonly remote = `git@127.0.0.1:${repository}.git`;

  /** The commit that its branch is on. */
  headOf = (pull: Pull): string => this.git('rev-parse', `refs/heads/${pull.head}`);

  check(pull: Pull, name: string, conclusion: string | null, summary = ''): void {
    const commit = this.headOf(pull);
    const others = (this.checks.get(commit) ?? []).filter((one) => (one as { name: string }).name !== name);
    const status = conclusion === null ? 'in_progress' : 'completed';
    this.checks.set(commit, [
      ...others,
      { id: others.length + 1, name, status, conclusion, html_url: `${this.url}/checks/${name}`, output: { title: name, summary } },
    ]);
  }

  comment(author: string, path: string, line: number, body: string): void {
    const id = this.comments.length + 1;
    const user = { login: author, type: 'User' };
    this.comments.push({ id, user, author_association: 'MEMBER', path, line, body, html_url: `${this.url}/comments/${id}` });
  }

  merge(pull: Pull): void {
    const head = this.headOf(pull);
    const base = `refs/heads/${pull.base}`;
    const who = ['-c', 'user.name=Una', '-c', 'user.email=una@example.com'];
    pull.merged = this.git(...who, 'commit-tree', `${head}^{tree}`, '-p', base, '-p', head, '-m', `Merge pull request #${pull.number}`);
    this.git('update-ref', base, pull.merged);
    pull.state = 'closed';
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private git(...words: string[]): string {
    return execFileSync('git', ['-C', this.bare, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (!pathname.startsWith('/api/v3/')) return this.serveGit(request, response, body);
    const found = this.rest(request.method ?? 'GET', pathname.slice('/api/v3/'.length), body);
    response.writeHead(found === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { message: 'Not Found' }));
  }

  private rest(method: string, path: string, body: Buffer): object | null {
    if (path === 'user') return { login: 'robot' };
    const below = path.startsWith(`repos/${repository}`) ? path.slice(`repos/${repository}`.length) : null;
    if (below === '')
      return { full_name: repository, name: 'shop', private: true, html_url: this.url, clone_url: this.url, default_branch: 'main' };
    if (below === '/pulls' && method === 'POST') return this.open(JSON.parse(body.toString()) as Omit<Pull, 'number' | 'state' | 'merged'>);
    if (below === '/pulls') return this.pulls.map(this.now);
    const pull = this.pulls.find((one) => below?.startsWith(`/pulls/${one.number}`));
    if (pull && below === `/pulls/${pull.number}/reviews`) return [];
    if (pull && below === `/pulls/${pull.number}/comments`) return this.comments;
    if (pull) return this.now(pull);
    const commit = /^\/commits\/(\w+)\/(check-runs|status)$/.exec(below ?? '');
    if (commit?.[2] === 'status') return { state: 'pending', statuses: [] };
    return commit ? { check_runs: this.checks.get(commit[1]!) ?? [] } : null;
  }

  private open(asked: Omit<Pull, 'number' | 'state' | 'merged'>): object {
    const pull: Pull = { ...asked, number: this.pulls.length + 1, state: 'open', merged: null };
    this.pulls.push(pull);
    return this.now(pull);
  }

  private readonly now = (pull: Pull): object => ({
    number: pull.number,
    html_url: `${this.url}/${repository}/pull/${pull.number}`,
    state: pull.state,
    title: pull.title,
    body: '',
    draft: pull.draft,
    merged: pull.merged !== null,
    merged_at: pull.merged && '2026-01-31T09:30:00Z',
    merge_commit_sha: pull.merged,
    merged_by: pull.merged && { login: 'una' },
    mergeable: true,
    head: { ref: pull.head, sha: this.headOf(pull) },
    base: { ref: pull.base },
  });

  private serveGit(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    if (request.headers.authorization !== `Basic ${btoa(`x-access-token:${this.token}`)}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' });
      return void response.end();
    }
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: this.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        CONTENT_LENGTH: String(body.length),
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'pusher',
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const said: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    backend.on('close', () => {
      const all = Buffer.concat(said);
      const end = all.indexOf('\r\n\r\n');
      for (const line of all.subarray(0, end).toString().split('\r\n')) {
        const [name = '', value = ''] = line.split(/:\s*/, 2);
        if (name === 'Status') response.statusCode = Number(value.split(' ')[0]);
        else response.setHeader(name, value);
      }
      response.end(all.subarray(end + 4));
    });
    backend.stdin.end(body);
  }
}
