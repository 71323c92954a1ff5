import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const stage = setStage({ autoRun: false });

test('an item is read, changed, run and followed to its end', async () => {
  const before = await stage.daemon.add({ title: 'Choose a license' });
  const item = await stage.daemon.add({
    title: 'Greet several people',
    description: 'Make `greet.sh` take **several** names.\n\n!write NOTES.md one\n!wait work\n!end Several are greeted.',
    acceptance_criteria: ['Several names are greeted', 'The tests pass'],
    writes: ['NOTES.md'],
    blocked_by: [before.id],
    profile: 'plain',
  });
  const view = await stage.open({ path: `/app/items/${item.id}` });
  const { page } = view;
  await page.getByRole('heading', { level: 1, name: 'Greet several people' }).waitFor();
  // Why it does not start, and both directions of what it depends on.
  await page.getByRole('region', { name: 'Why it does not start' }).waitFor();
  await page
    .getByRole('region', { name: 'Connections' })
    .getByRole('link', { name: /Choose a license/ })
    .waitFor();
  await page.getByRole('button', { name: 'Edit: Done when' }).click();
  await page.getByLabel('Done when').fill('Several names are greeted\nThe tests pass\nNobody is greeted as the world');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nobody is greeted as the world').waitFor();
  await page.getByLabel('Priority').selectOption('urgent');
  await page.getByLabel('Profile').selectOption('talk');
  await until('the daemon has it', async () => {
    const now = await stage.daemon.item(item.id);
    return now.priority === 'urgent' && now.profile === 'talk' && now.acceptance_criteria.length === 3 ? true : null;
  });
  await page.getByLabel('Profile').selectOption('plain');
  await stage.daemon.post(`/items/${before.id}/transition`, { to_status: 'done' });
  await page.getByRole('button', { name: 'Run now' }).click();
  await stage.daemon.runOf(item.id, 'running');
  await page.getByRole('region', { name: 'Attempts', exact: true }).getByText('running').waitFor();
  await page.getByLabel('What becomes of it').selectOption('After this run');
  await page.getByLabel('Message to the agent').fill('Then mend the README.');
  await page.getByRole('button', { name: 'Send Ctrl' }).click();
  const waiting = page.getByRole('region', { name: 'Messages that wait' });
  await waiting.getByText('Then mend the README.').waitFor();
  await waiting.getByRole('button', { name: 'Remove' }).click();
  await waiting.waitFor({ state: 'detached' });
  stage.daemon.release('work');
  await stage.daemon.reaches(item.id, 'review');
  await page.getByRole('region', { name: 'What you can do' }).getByRole('link', { name: 'Review' }).waitFor();
  await page.getByText('Check passed').or(page.getByText('Check unverified')).first().waitFor();
  await page.getByRole('region', { name: 'What happened' }).getByText('in flight → review').waitFor();
  await accessible(view);
  await shots(view, 'item');
  const phone = await stage.open({ kind: 'phone', path: `/app/items/${item.id}` });
  await phone.page.getByRole('heading', { level: 1 }).waitFor();
  await phone.page.getByRole('region', { name: 'Attempts', exact: true }).waitFor();
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await accessible(phone);
  await shots(phone, 'item');
});

test('a title is changed by key, and taken back', async () => {
  const item = await stage.daemon.add({ title: 'Old name' });
  const { page } = await stage.open({ path: `/app/items/${item.id}` });
  await page.getByRole('heading', { level: 1, name: 'Old name' }).waitFor();
  await page.keyboard.press('e');
  await page.getByLabel('Title').fill('New name');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'New name' }).waitFor();
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { level: 1, name: 'Old name' }).waitFor();
  await page.keyboard.press('r');
  await until('it is ready', async () => ((await stage.daemon.item(item.id)).status === 'ready' ? true : null));
});
