import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as GitHub's REST API does when somebody lists the issues of a repository. */
export async function startGitHub(
  issues: readonly { title: string; body?: string; labels?: string[] }[],
): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const found = pathname.endsWith('/issues');
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ? issues.map(asGitHubSays) : { message: 'Not Found' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const asGitHubSays = ({ title, body, labels }: { title: string; body?: string; labels?: string[] }, at: number): object => ({
  number: at + 1,
  title,
  body: body ?? null,
  state: 'open',
  labels: (labels ?? []).map((name) => ({ name })),
  user: { login: 'octocat' },
  html_url: `https://github.com/octo/shop/issues/${at + 1}`,
  created_at: '2026-01-31T10:00:00Z',
  updated_at: '2026-01-31T10:00:00Z',
});
