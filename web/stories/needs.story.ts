import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const stage = setStage({ autoRun: false });

const need = (page: Page, text: string) => page.locator('.need', { hasText: text });
const toast = (page: Page, text: string) => page.locator('.toast', { hasText: text });

/** An item whose agent does this, and runs. */
async function begin(title: string, does: string, profile = 'talk'): Promise<string> {
  const { id } = await stage.daemon.addReady({ title, description: does, profile });
  await stage.daemon.post(`/api/executor/run/${id}`, { mode: 'automatic', profile });
  return id;
}

test('an approval has the exact command and is given by a key; the agent goes on', async () => {
  const { page } = await stage.open({ path: '/app/needs' });
  const id = await begin('Tidy up', '!run echo tidy | tr a-z A-Z\n!end Tidied.');
  await need(page, 'Tidy up').getByRole('region', { name: 'The exact command' }).getByText('echo tidy | tr a-z A-Z').waitFor();
  await until('the title counts it', async () => ((await page.title()).startsWith('(1)') ? true : null));
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  await toast(page, 'Approved').waitFor();
  await stage.daemon.runOf(id, 'succeeded');
});

test('a no has its reason, which the agent is told', async () => {
  const { page } = await stage.open({ path: '/app/needs' });
  const id = await begin('Remove all', '!run rm -rf ./nothing\n!end Stopped.');
  await need(page, 'Remove all').waitFor();
  await need(page, 'Remove all').focus();
  await page.keyboard.press('d');
  await page.getByLabel('Why not? The run is told.').fill('Not that folder');
  await page.keyboard.press('Control+Enter');
  await toast(page, 'Denied').waitFor();
  const run = await stage.daemon.runOf(id, 'succeeded');
  const events = await stage.daemon.get<{ events: { data: { text?: string } }[] }>(`/events?run_id=${run.id}&types=run.message&limit=50`);
  expect(events.events.map((event) => event.data.text).join('\n')).toContain('Not that folder');
});

test('a question is answered by the number of its option', async () => {
  const { page } = await stage.open({ path: '/app/needs' });
  const id = await begin('Choose a store', '!ask Which store? | SQLite | PostgreSQL\n!end Chosen.');
  await need(page, 'Choose a store')
    .getByRole('button', { name: /PostgreSQL/ })
    .waitFor();
  await need(page, 'Choose a store').focus();
  await page.keyboard.press('2');
  await toast(page, 'PostgreSQL').waitFor();
  await stage.daemon.runOf(id, 'succeeded');
});

test('a second answer is told the first', async () => {
  const view = await stage.open({ path: '/app/needs' });
  view.expect(/\b409\b/);
  await begin('Asked once', '!run echo once\n!end Done.');
  await need(view.page, 'Asked once').waitFor();
  // Somebody else answers between the look and the click: the answer is held until then.
  const { requests } = await stage.daemon.get<{ requests: { id: string }[] }>('/requests?state=open');
  await view.page.route('**/requests/*/answer', async (route) => {
    await stage.daemon.post(`/requests/${requests[0]!.id}/answer`, { decision: 'deny', text: 'I was first' });
    await route.continue();
  });
  await need(view.page, 'Asked once').getByRole('button', { name: 'Approve', exact: true }).click();
  await toast(view.page, 'It was denied before').waitFor();
  expect(await toast(view.page, 'It was denied before').textContent()).toContain('I was first');
});

test('equal requests are answered together, on the phone in two taps', async () => {
  await Promise.all([begin('Equal one', '!run echo equal\n!end Done.'), begin('Equal two', '!run echo equal\n!end Done.')]);
  const phone = await stage.open({ kind: 'phone' });
  await phone.page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('link', { name: /Needs you/ })
    .tap();
  await need(phone.page, 'Equal two').getByRole('button', { name: 'Approve all 2 equal' }).tap();
  await toast(phone.page, '2 requests').waitFor();
  await until('neither asks any more', async () => ((await need(phone.page, 'echo equal').count()) === 0 ? true : null));
});

test('the page is for everybody', async () => {
  await begin('Remove the cache', '!run rm -rf ./tmp-cache\n!end Done.');
  await begin('Choose a license', '!ask Which license shall it be? | MIT | Apache-2.0\n!end Done.');
  const desk = await stage.open({ path: '/app/needs' });
  await need(desk.page, 'Remove the cache').waitFor();
  await need(desk.page, 'Choose a license').waitFor();
  await accessible(desk);
  await shots(desk, 'needs');
  const phone = await stage.open({ kind: 'phone', path: '/app/needs' });
  await need(phone.page, 'Remove the cache').waitFor();
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await accessible(phone);
  await shots(phone, 'needs');
});
