import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';

const stage = setStage({ autoRun: false, config: 'request_rules:\n  - {action: deny, command: "git push*", note: "People push."}' });

test('profiles, rules, tokens and the configuration are shown with their origin and changed in place', async () => {
  const view = await stage.open({ path: '/app/settings/profiles' });
  view.expect(/422|400/);
  const { page } = view;
  await page.getByRole('rowheader', { name: 'plain' }).waitFor();
  await page.getByRole('combobox', { name: 'Project' }).selectOption('sample');
  await page.getByRole('button', { name: 'Try' }).click();
  await page.locator('[aria-live] li').first().waitFor();
  await accessible(view);
  await shots(view, 'settings-profiles');

  await page.getByRole('link', { name: 'Request rules' }).click();
  await page.getByText('“People push.”').waitFor();
  await page.getByRole('textbox', { name: 'A whole command line' }).fill('git push origin main');
  await page.keyboard.press('Enter');
  await page.getByText('✓ hits').waitFor();
  await page.getByRole('textbox', { name: 'Pattern' }).fill('git status*');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The rule counts from now on.').waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('The rule is ended').waitFor();
  await accessible(view);
  await shots(view, 'settings-rules');

  await page.getByRole('link', { name: 'Configuration' }).click();
  await page.getByRole('searchbox').fill('max_concurrency');
  await page.getByRole('button', { name: 'Change limits.max_concurrency' }).click();
  await page.getByRole('textbox', { name: /Value of limits.max_concurrency/ }).fill('many');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'max_concurrency' }).waitFor();
  await accessible(view);
  await shots(view, 'settings-configuration');

  await page.getByRole('link', { name: 'Tokens and devices' }).click();
  await page.getByText('this browser').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('ci');
  await page.keyboard.press('Enter');
  const secret = await page.locator('.settings-secret').first().innerText();
  await page.getByRole('rowheader', { name: 'ci' }).waitFor();
  expect((await fetch(`${stage.daemon.url}/runs`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
  await accessible(view);
  await shots(view, 'settings-tokens');
  await page.getByRole('button', { name: 'Revoke ci' }).click();
  await page.getByText('ci is out').waitFor();
});

test('projects, notifications, the doctor and what answers here', async () => {
  const view = await stage.open({ path: '/app/settings/projects' });
  const { page } = view;
  await page.getByRole('heading', { name: 'sample' }).waitFor();
  await page.getByText('[["sh","test.sh"]]').waitFor();
  await accessible(view);
  await shots(view, 'settings-projects');

  await page.getByRole('link', { name: 'Doctor' }).click();
  await page.getByRole('rowheader', { name: 'git', exact: true }).waitFor();
  await accessible(view);
  await shots(view, 'settings-doctor');
  await page.getByRole('link', { name: 'Agents' }).click();
  await page.getByRole('rowheader', { name: 'codex' }).waitFor();
  await page.getByText('claude mcp add agentctl').waitFor();
  await accessible(view);
  await shots(view, 'settings-agents');

  await page.getByRole('link', { name: 'Notifications' }).click();
  await page.getByRole('button', { name: 'Test every channel' }).click();
  await page.locator('[aria-live] li').first().waitFor();
  await accessible(view);
  await shots(view, 'settings-notifications');
  await page.getByRole('link', { name: 'Look and about' }).click();
  await page.getByRole('radio', { name: 'dark' }).check();
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  await page.getByRole('radio', { name: 'as the system' }).check();
  await page.getByText('sqlite').first().waitFor();
  await accessible(view);
  await shots(view, 'settings-about');
});

test('a project is added, and an item of it, with one page after the other', async () => {
  const { folder } = stage.daemon;
  execFileSync('git', ['init', '-q', join(folder, 'Tea Shop')]);
  await stage.daemon.add({ title: 'What is there already' });
  const { page } = await stage.open({ path: '/app/settings/projects' });
  await page.getByLabel('Folder on the daemon’s machine').fill(join(folder, 'Tea Shop'));
  expect(await page.getByLabel('Name').inputValue()).toBe('tea-shop');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'tea-shop' }).waitFor();
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByLabel('Project').selectOption('tea-shop');
  await page.getByRole('link', { name: 'Plans' }).click();
  await page.getByRole('button', { name: 'Import …' }).click();
  await page.getByRole('dialog').getByLabel('Project').selectOption('tea-shop');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Board' }).click();
  await page.getByRole('region', { name: 'Inbox' }).getByRole('button', { name: 'New item' }).click();
  const form = page.getByRole('dialog', { name: 'New item' });
  await form.getByLabel('Title').fill('Sell tea');
  await form.locator('[name=project]').selectOption('tea-shop');
  await form.getByRole('button', { name: 'Add to Inbox' }).click();
  await page.getByRole('article', { name: 'Sell tea', exact: true }).waitFor();
});

test('on a phone the parts are a row on top', async () => {
  const view = await stage.open({ kind: 'phone', path: '/app/settings/tokens' });
  await view.page.getByText('this browser').waitFor();
  expect(await view.page.evaluate(() => document.getElementById('main')!.scrollWidth <= document.getElementById('main')!.clientWidth)).toBe(
    true,
  );
  await accessible(view);
  await shots(view, 'settings');
});
