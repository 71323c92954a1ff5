import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Item, Run } from '../src/api/types';
import { accessible } from './support/axe';
import type { View } from './support/browser';
import { PullServer } from './support/pulls';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const github = await PullServer.start();
afterAll(() => github.close());

const stage = setStage({
  deliver: false,
  config: `reviews: {normal: 0, person_from: low}\ngithub: {url: "${github.url}", poll_s: 0.1}`,
  env: { GITHUB_TOKEN: github.token },
});

const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Una', '-c', 'user.email=una@example.com', '-C', folder, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

const inReview = async (title: string, ...steps: string[]): Promise<Item> => {
  const item = await stage.daemon.addReady({ title, description: steps.join('\n'), acceptance_criteria: ['names are listed'] });
  return stage.daemon.reaches(item.id, 'review');
};

/** Asks for a delivery on the review page, in the way that is chosen there. */
async function deliver({ page }: View, how: 'merge' | 'pull_request'): Promise<void> {
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('How').selectOption(how);
  if (how === 'merge') await sheet.getByLabel('Let a checkout of that branch follow').check();
  await sheet.getByRole('button', { name: how === 'merge' ? 'Deliver' : 'Open the pull request' }).click();
}

test('work that collides shows what both sides wanted, and goes on by the agent or by hand', async () => {
  const { repository } = stage.daemon;
  const item = await inReview('List names', '!write names.txt Ada\\nGrace');
  writeFileSync(join(repository, 'names.txt'), 'Alan\n');
  git(repository, 'add', '-A');
  git(repository, 'commit', '-q', '-m', 'Alan is the first name');
  const view = await stage.open({ path: `/app/items/${item.id}/review` });
  const { page } = view;
  await page.getByRole('button', { name: /Merge or pull request/ }).click();
  await accessible(view, '[role=dialog]');
  await shots(view, 'review-deliver');
  await deliver(view, 'merge');
  await page.getByText('Both sides changed the same in one file').waitFor();
  await page.getByText('Alan is the first name').waitFor();
  await page.getByRole('heading', { name: 'This work wanted' }).waitFor();
  await accessible(view);
  await shots(view, 'review-conflict');
  const phone = await stage.open({ kind: 'phone', path: `/app/items/${item.id}/review` });
  await phone.page.getByRole('heading', { name: 'This work wanted' }).waitFor();
  expect(await phone.page.evaluate(() => document.getElementById('main')!.scrollWidth <= window.innerWidth)).toBe(true);
  await accessible(phone);
  await shots(phone, 'review-conflict');
  expect(readFileSync(join(repository, 'names.txt'), 'utf8')).toBe('Alan\n');

  await page.getByRole('button', { name: 'Let the agent solve it' }).click();
  await page.waitForURL('**/app/runs/*');
  const solving = await stage.daemon.run(page.url().split('/').at(-1)!);
  expect(solving.prompt).toContain('names.txt');
  expect(solving.prompt).toContain('Alan is the first name');
  const solved = await until('its run has ended', async () => {
    const now = await stage.daemon.run(solving.id);
    return now.ended_at ? now : null;
  });

  // That agent changed nothing: by hand, where it worked.
  const place = solved.workspace!.path;
  try {
    git(place, 'merge', '-q', 'main');
  } catch {
    writeFileSync(join(place, 'names.txt'), 'Alan\nAda\nGrace\n');
    git(place, 'commit', '-q', '-a', '-m', 'All three names');
  }
  await view.go(`/app/items/${item.id}/review`);
  await page.getByRole('button', { name: /Merge or pull request/ }).click();
  await deliver(view, 'merge');
  await page.locator('.review-delivery').getByText('landed').waitFor();
  expect(readFileSync(join(repository, 'names.txt'), 'utf8')).toBe('Alan\nAda\nGrace\n');
});

test('a pull request is opened, its checks and comments come back, and merged there it is done here', async () => {
  const { repository } = stage.daemon;
  git(repository, 'push', '-q', github.bare, 'main:main');
  git(repository, 'remote', 'add', 'origin', github.remote);
  const item = await inReview('Sell tea', '!write tea.txt green');
  const view = await stage.open({ path: `/app/items/${item.id}/review` });
  const { page } = view;
  await page.getByRole('button', { name: /Merge or pull request/ }).click();
  await deliver(view, 'pull_request');
  const link = page.locator('.review-delivery').getByRole('link', { name: '#1' });
  await link.waitFor();
  expect(await link.getAttribute('href')).toBe(`${github.url}/acme/shop/pull/1`);

  const [pull] = github.pulls;
  const first = github.headOf(pull!);
  github.check(pull!, 'build', null);
  github.check(pull!, 'lint', 'failure', 'tea.txt: too short');
  github.comment('una', 'tea.txt', 1, 'Black, too:\n\n!append tea.txt black');
  const checks = page.getByRole('list', { name: 'Checks at GitHub' });
  await checks.getByText('lint').waitFor();
  await page.getByRole('list', { name: 'Comments at GitHub' }).getByText('Black, too').waitFor();
  await accessible(view);
  await shots(view, 'review-pull');
  const phone = await stage.open({ kind: 'phone', path: `/app/items/${item.id}/review` });
  await phone.page.getByRole('list', { name: 'Checks at GitHub' }).waitFor();
  await accessible(phone);
  await shots(phone, 'review-pull');

  // All checks have ended: what speaks against the work goes to its agent, whose commit follows.
  github.check(pull!, 'build', 'success');
  const fix = await until(
    'it goes back',
    async () => (await stage.daemon.get<{ runs: Run[] }>(`/runs?item_id=${item.id}`)).runs.find((run) => run.trigger === 'fix') ?? null,
  );
  expect(fix.prompt).toContain('lint: failure');
  expect(fix.prompt).toContain('Black, too');
  // What it mended goes to the same pull request, when somebody has looked.
  await until('it is mended', async () => ((await stage.daemon.run(fix.id)).ended_at ? true : null));
  await stage.daemon.reaches(item.id, 'review');
  await view.go(`/app/items/${item.id}/review`);
  await page.getByRole('button', { name: /Merge or pull request/ }).click();
  await deliver(view, 'pull_request');
  await until('the branch is pushed again', () => (github.headOf(pull!) === first ? null : true));
  expect(github.pulls).toHaveLength(1);
  github.check(pull!, 'build', 'success');
  github.merge(pull!);
  await stage.daemon.reaches(item.id, 'done');
  await view.go(`/app/items/${item.id}/review`);
  await page.locator('.review-delivery').getByText('landed').waitFor();
});
