import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';

const stage = setStage({ deliver: false, config: 'limits: {per_day_usd: 0.01}' });

test('what was used is drawn, counted and compared with the budget, which is raised', async () => {
  const { daemon } = stage;
  const item = await daemon.addReady({ title: 'Costs something', profile: 'talk', description: '!say Hello.' });
  await daemon.runOf(item.id, 'succeeded');

  const view = await stage.open({ path: '/app/usage' });
  const { page } = view;
  await page.locator('.usage-chart canvas').waitFor();
  await page.getByRole('link', { name: 'Costs something' }).waitFor();
  await page.getByText('reached: what is new waits').waitFor();
  await accessible(view);
  await shots(view, 'usage');

  await page.getByRole('radio', { name: 'by profile' }).check();
  await page.getByRole('rowheader', { name: 'talk' }).waitFor();
  expect(new URL(page.url()).searchParams.get('by')).toBe('profile');
  await page.getByRole('textbox', { name: 'dollars' }).fill('2');
  await page.keyboard.press('Enter');
  await page.getByText('More is allowed for today.').waitFor();
  await page.getByText('reached: what is new waits').waitFor({ state: 'detached' });
});

test('on a phone the figures stay inside', async () => {
  const view = await stage.open({ kind: 'phone', path: '/app/usage' });
  await view.page.locator('.usage-chart canvas').waitFor();
  expect(await view.page.evaluate(() => document.getElementById('main')!.scrollWidth <= document.getElementById('main')!.clientWidth)).toBe(
    true,
  );
  await accessible(view);
  await shots(view, 'usage');
});
