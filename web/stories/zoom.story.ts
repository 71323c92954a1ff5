import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';

const stage = setStage({ deliver: false });

test('at twice the size nothing is cut off', async () => {
  const { daemon } = stage;
  const item = await daemon.addReady({
    title: 'Write what was said, in full and at length',
    profile: 'talk',
    description: '!write said.txt hello',
  });
  const run = await daemon.runOf(item.id, 'succeeded');
  await daemon.add({ title: 'One that waits' });

  const view = await stage.open();
  const { page } = view;
  // A window of 1,280 by 900 at 200 %.
  await page.setViewportSize({ width: 640, height: 450 });
  const at = (path: string): string => `${daemon.url}${path}`;
  const pages = ['/', '/app/needs', '/app/plans', '/app/runs', '/app/queue', '/app/usage', '/app/settings', '/app/start'];
  const ofOne = [`/app/items/${item.id}`, `/app/items/${item.id}/review`, `/app/items/${item.id}/timeline`, `/app/runs/${run.id}`];
  for (const path of [...pages, ...ofOne]) {
    await page.goto(at(path));
    await page.locator('#main :is(h1, h2, .card)').first().waitFor();
    const wide = await page.evaluate(() => {
      const main = document.getElementById('main')!;
      return [document.documentElement.scrollWidth - document.documentElement.clientWidth, main.scrollWidth - main.clientWidth];
    });
    // The board's columns have a way to scroll of their own.
    expect({ path, wide }).toEqual({ path, wide: path === '/' ? [0, wide[1]] : [0, 0] });
    await accessible(view);
  }
  await page.goto(at(ofOne[1]!));
  await page.getByRole('button', { name: /^Accept/ }).waitFor();
  await shots(view, 'zoomed-review');
  await page.goto(at('/'));
  await page.locator('.card').first().waitFor();
  await shots(view, 'zoomed-board');
});
