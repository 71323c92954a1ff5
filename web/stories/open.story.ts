import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const stage = setStage({ autoRun: false, deliver: false });

const card = (page: Page, title: string) => page.getByRole('article', { name: title, exact: true });

/** Opens something, looks at it with axe, and closes it by Escape; the focus must not be lost with it. */
async function each(view: Awaited<ReturnType<typeof stage.open>>, what: string, open: () => Promise<void>): Promise<void> {
  await open();
  const shown = view.page.locator('[role=dialog], [role=menu]').last();
  await shown.waitFor();
  await accessible(view, '[role=dialog], [role=menu]');
  expect(await shown.evaluate((on) => on.contains(document.activeElement)), `${what} has the focus`).toBe(true);
  await view.page.keyboard.press('Escape');
  await shown.waitFor({ state: 'detached' });
}

for (const theme of ['light', 'dark'] as const)
  test(`what opens over a page is for everybody, in the ${theme}`, async () => {
    await stage.daemon.add({ title: `In the ${theme}`, labels: ['web'] });
    const view = await stage.open({ theme, path: `/?q=${theme}` });
    const { page } = view;
    const own = card(page, `In the ${theme}`);
    await own.waitFor();
    await own.focus();
    await each(view, 'palette', () => page.keyboard.press('Control+k'));
    await each(view, 'keys', () => page.keyboard.press('?'));
    await each(view, 'new item', () => page.keyboard.press('c'));
    await own.focus();
    await each(view, 'menu of a card', () => page.keyboard.press('m'));
    await until('the focus is back on the card', async () =>
      (await own.evaluate((on) => on.contains(document.activeElement))) ? true : null,
    );
    await page.keyboard.press('m');
    await page.getByRole('menuitem', { name: 'Move to…' }).press('ArrowRight');
    await page.getByRole('menuitem', { name: /^Ready/ }).waitFor();
    await accessible(view, '[role=menu]');
    if (theme === 'light') await shots(view, 'card-menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await each(view, 'views', () => page.getByRole('button', { name: /^Views/ }).click());
    await page.getByRole('button', { name: /^Views/ }).click();
    await each(view, 'save a view', () => page.getByRole('menuitem', { name: 'Save this view …' }).click());
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    if (theme === 'light') await shots(view, 'palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    if (theme === 'light') await shots(view, 'keys');
  });

test('every page is for everybody in the dark, too, and its menus and sheets', async () => {
  const { daemon } = stage;
  const item = await daemon.addReady({
    title: 'Seen in the dark',
    description: '!say Hello\n!tool ls\n!write dark.txt night\n!end Written.',
  });
  await daemon.post(`/api/executor/run/${item.id}`, { mode: 'automatic' });
  const { run_id: run } = await daemon.reaches(item.id, 'review');
  const { plan } = await daemon.post<{ plan: { id: string } }>('/plans', {
    text: JSON.stringify({ project: 'sample', phases: [{ name: 'All', tasks: [{ id: 'one', title: 'The only one' }] }] }),
    source: 'dark',
  });
  const view = await stage.open({ theme: 'dark' });
  const { page } = view;
  const own = `/app/items/${item.id}`;
  const ofRun = ['conversation', 'terminal', 'changes', 'timeline', 'events'].map((tab) => `/app/runs/${run}?tab=${tab}`);
  const ofSettings = ['agents', 'profiles', 'projects', 'rules', 'tokens', 'notifications', 'configuration', 'doctor', 'about'];
  const ofQueue = ['next', 'projects', 'workers', 'deliveries', 'worktrees'].map((tab) => `/app/queue?tab=${tab}`);
  for (const path of [
    ...['/', '/app/needs', '/app/plans', `/app/plans/${plan.id}`, '/app/runs', '/app/usage', '/app/start'],
    ...[own, `${own}/review`, `${own}/timeline`],
    ...ofRun,
    ...ofQueue,
    ...ofSettings.map((part) => `/app/settings/${part}`),
  ]) {
    await view.go(path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    await accessible(view);
  }
  await view.go('/app/plans');
  await each(view, 'import', () => page.getByRole('button', { name: 'Import …' }).click());
  await each(view, 'wish', () => page.getByRole('button', { name: 'From a wish …' }).click());
  await view.go(`/app/runs/${run}`);
  await each(view, 'menu of a run', () => page.getByRole('button', { name: 'More for this run' }).click());
  await each(view, 'resume', () => page.getByRole('button', { name: 'Resume' }).click());
  await view.go(`${own}/review`);
  await each(view, 'deliver', () => page.getByRole('button', { name: /Merge or pull request/ }).click());
  await each(view, 'accept', () => page.getByRole('button', { name: /^Accept/ }).click());
});
