import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { accessible } from './support/axe';
import { startGitHub } from './support/github';
import { shots } from './support/shots';
import { setStage } from './support/stage';

const github = await startGitHub([
  { title: 'The shop has no opening hours', body: 'Say them.', labels: ['bug'] },
  { title: 'Sell tea, too' },
]);
afterAll(() => void github.server.close());

const parts = {
  title: 'A tea shop',
  summary: 'cut in two',
  items: ['sort', 'price'].map((id) => ({ id, title: `Do ${id}`, description: id })),
};
const planner = `process.stdin.resume();process.stdin.on('end',()=>console.log(${JSON.stringify(JSON.stringify(parts))}))`;
const node = JSON.stringify(process.execPath);
const stage = setStage({
  autoRun: false,
  profiles: `  planner: {agent: command, command: [${node}, -e, ${JSON.stringify(planner)}], sandbox: read-only}`,
  config: `github: {api_url: "${github.url}"}\nretry: {attempts: 1}\nroutes:\n  - {phase: plan, profile: planner}\n  - {profile: plain}`,
});

test('the issues of a repository become a plan', async () => {
  const view = await stage.open({ path: '/app/plans' });
  const { page } = view;
  await page.getByRole('button', { name: 'Import …' }).click();
  await page.getByRole('radio', { name: 'Issues at GitHub' }).check();
  await page.getByLabel('Repository, as owner/name or its address').fill('octo/shop');
  await accessible(view, '[role=dialog]');
  await page.getByRole('button', { name: 'See what comes of it' }).click();
  await page.getByText('The shop has no opening hours').first().waitFor();
  await shots(view, 'plan-issues');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('heading', { name: 'Nothing runs before you consent' }).waitFor();
  await page.getByRole('tab', { name: /Units/ }).click();
  await page.getByText('Sell tea, too').first().waitFor();
});

test('a wish becomes a plan', async () => {
  const { page } = await stage.open({ path: '/app/plans' });
  await page.getByRole('button', { name: 'From a wish …' }).click();
  await page.getByLabel('What do you want?').fill('Make a tea shop.');
  await page.getByRole('button', { name: 'Plan it' }).click();
  await page.getByRole('link', { name: 'A tea shop' }).click();
  await page.getByText('Do price').first().waitFor();
});

test('a plan that does not get on asks, and what is decided is done', async () => {
  const { daemon } = stage;
  const { plan } = await daemon.post<{ plan: { id: string } }>('/plans', {
    text: JSON.stringify({
      project: 'sample',
      phases: [{ name: 'All', tasks: [{ id: 'one', title: 'Cannot be done', description: '!fail It is locked' }] }],
    }),
    source: 'locked',
  });
  await daemon.post(`/plans/${plan.id}/start`, { consent: true });
  const view = await stage.open({ path: `/app/plans/${plan.id}` });
  const { page } = view;
  await page.getByRole('heading', { name: 'For you to decide' }).waitFor();
  expect(await page.locator('#main').innerText()).not.toContain('agentctl ');
  await accessible(view);
  await shots(view, 'plan-decide');
  await page.getByRole('button', { name: 'Skip', exact: true }).click();
  await page.getByText('Decided: skip.').waitFor();
  await page.getByRole('heading', { name: 'For you to decide' }).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Decided' }).click();
  await page.getByText(/^skip by/).waitFor();
});

test('a provider that is left alone is asked again', async () => {
  const failure = { agentctl: { type: 'failure', reason: 'rate_limited', text: '429 Too Many Requests', retry_after_s: 600 } };
  await stage.daemon.post('/runs', { profile: 'plain', prompt: `!print ${JSON.stringify(failure)}\n!fail 429`, isolation: 'none' });
  const view = await stage.open({ path: '/app/queue' });
  const { page } = view;
  await page.getByRole('heading', { name: 'Providers left alone' }).waitFor();
  await accessible(view);
  await shots(view, 'queue-providers');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('heading', { name: 'Providers left alone' }).waitFor({ state: 'detached' });
});

test('a project’s own file has no effect until it is trusted', async () => {
  writeFileSync(join(stage.daemon.repository, '.agent-orchestrator.yaml'), 'profiles:\n  own: {agent: command, command: [sh, work.sh]}\n');
  const view = await stage.open({ path: '/app/settings/projects' });
  const { page } = view;
  await page.getByText('It has no effect until you trust it').waitFor();
  await accessible(view);
  await shots(view, 'settings-trust');
  await page.getByRole('button', { name: 'Trust exactly this' }).click();
  await page.getByText('Its own file is trusted with:').waitFor();
  await page.getByRole('button', { name: 'Take the trust back' }).click();
  await page.getByText('It has no effect until you trust it').waitFor();
});
