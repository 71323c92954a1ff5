import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';

const stage = setStage({ bare: true });

test('an empty board leads to the first piece of work', async () => {
  const view = await stage.open();
  const { page } = view;
  view.expect(/\b(400|404|409|422)\b/);
  await page.getByRole('heading', { level: 1, name: 'Three steps to a board at work' }).waitFor();
  await page.getByRole('button', { name: 'Look again' }).waitFor();
  await page.getByText('codex').first().waitFor();
  await accessible(view);
  await shots(view, 'first-steps');
  const phone = await stage.open({ kind: 'phone', path: '/app/start' });
  await phone.page.getByText('codex').first().waitFor();
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await accessible(phone);
  await shots(phone, 'first-steps');

  // A folder that is not there is refused with words; one that is there becomes a project.
  const folder = join(stage.daemon.folder, 'My Shop');
  const path = page.getByLabel('Folder of a repository on the daemon’s machine');
  await path.fill(folder);
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByRole('alert').waitFor();
  mkdirSync(folder);
  execFileSync('git', ['init', '-q', folder]);
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByRole('strong').getByText('my-shop', { exact: true }).waitFor();
  await page.getByLabel('Title').fill('The first of all');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Inbox' }).locator('.card', { hasText: 'The first of all' }).waitFor();
});
