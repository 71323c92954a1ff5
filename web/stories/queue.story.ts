import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const stage = setStage({ autoRun: true, deliver: false, config: 'limits: {per_day_usd: 5, per_day_tokens: 100000}' });

test('the queue says what is next, what holds it, who works, and lets it be held and let go', async () => {
  const { daemon } = stage;
  const busy = await daemon.addReady({ title: 'Long work', description: '!wait gate', writes: ['a.txt'] });
  await daemon.runOf(busy.id, 'running');
  const held = await daemon.addReady({ title: 'Waits for the same file', writes: ['a.txt'] });
  await daemon.addReady({ title: 'Waits for another item', blocked_by: [held.id] });
  const worker = await daemon.addReady({ title: 'For a worker', project: null });
  await daemon.post('/items/claim', { agent_id: 'worker-1', lease_s: 300 });
  await daemon.post('/api/agents/heartbeat', { agentId: 'worker-1', status: 'working' });
  await daemon.reaches(worker.id, 'in_flight');

  const view = await stage.open({ path: '/app/queue' });
  const { page } = view;
  await page.getByText('#2 Waits for the same file').waitFor();
  await page.getByText('a.txt').first().waitFor();
  await accessible(view);

  // Held by a click, let go by its undo.
  await page.getByPlaceholder('Why (not needed)').fill('release day');
  await page.getByRole('button', { name: 'Pause everything' }).click();
  await page.getByText('Everything is paused').first().waitFor();
  await shots(view, 'queue');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Pause everything' }).waitFor();

  await page.getByRole('tab', { name: 'Outside workers' }).click();
  await page.getByRole('rowheader', { name: 'worker-1' }).waitFor();
  await page.getByRole('rowheader', { name: 'For a worker' }).waitFor();
  await accessible(view);
  await shots(view, 'queue-workers');
  await page.getByRole('tab', { name: 'Projects' }).click();
  await page.getByRole('spinbutton', { name: 'At once' }).fill('2');
  await page.getByRole('button', { name: 'Set' }).click();
  await page.getByText('sample is set.').waitFor();
  expect((await daemon.get<{ projects: { max_parallel: number }[] }>('/queue/projects')).projects[0]?.max_parallel).toBe(2);
  await accessible(view);

  // By keys alone.
  await page.getByRole('tab', { name: 'Projects' }).focus();
  await page.keyboard.press('End');
  await page.getByRole('button', { name: /Clean up/ }).waitFor();
  daemon.release('gate');
  await daemon.runOf(busy.id, 'succeeded', 'failed');
  await page.getByRole('button', { name: /Clean up/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What a cleanup would do' }).waitFor();
  await accessible(view, '[role=dialog]');
  await shots(view, 'queue-cleanup');
  await page.keyboard.press('Escape');
});

test('what a run left uncommitted is found and brought back', async () => {
  const { daemon } = stage;
  const item = await daemon.addReady({ title: 'Breaks off', description: '!write kept.txt precious\n!fail It is locked' });
  const run = await daemon.runOf(item.id, 'failed');
  const view = await stage.open({ path: '/app/queue?tab=worktrees' });
  const { page } = view;
  await page.locator('li', { hasText: run.workspace!.branch! }).getByRole('button', { name: 'Look inside' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore …' }).first().waitFor();
  await accessible(view, '[role=dialog]');
  await shots(view, 'queue-worktree');
  await page.getByRole('dialog').getByRole('button', { name: 'Restore …' }).first().click();
  const form = page.getByRole('dialog', { name: 'Restore a snapshot' });
  expect(await form.getByLabel(/^Snapshot/).inputValue()).toMatch(/^refs\//);
  await accessible(view, '[role=dialog]');
  // A folder with something in it is refused with the reason, in place.
  await form.getByLabel(/^Into this empty folder/).fill(daemon.repository);
  view.expect(/\b4\d\d\b/);
  await form.getByRole('button', { name: 'Restore', exact: true }).click();
  await form.getByRole('alert').waitFor();
  const to = join(daemon.folder, 'restored');
  await form.getByLabel(/^Into this empty folder/).fill(to);
  await form.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText(`Restored in ${to}`).waitFor();
  await until('the file is back', () => (readFileSync(join(to, 'kept.txt'), 'utf8') === 'precious\n' ? true : null));
});

test('on a phone it is one column', async () => {
  const view = await stage.open({ kind: 'phone', path: '/app/queue' });
  await view.page.getByRole('heading', { name: 'Queue and workers' }).waitFor();
  await view.page.getByText('Budget of the day').waitFor();
  expect(await view.page.evaluate(() => document.getElementById('main')!.scrollWidth <= document.getElementById('main')!.clientWidth)).toBe(
    true,
  );
  await accessible(view);
  await shots(view, 'queue');
});
