import { expect, test } from 'vitest';
import type { Run } from '../src/api/types';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';

const stage = setStage({ bare: true });

async function runThat(prompt: string): Promise<Run> {
  const { run } = await stage.daemon.post<{ run: Run }>('/runs', {
    profile: 'plain',
    prompt,
    isolation: 'none',
    title: 'Print much',
  });
  await stage.daemon.get(`/runs/${run.id}/wait?timeout_s=100`);
  return stage.daemon.run(run.id);
}

test('a log of 100,000 lines opens at once, is searched, and scrolls', async () => {
  const run = await runThat('!lines 100000\n!print \u001b[31mthe last word\u001b[0m');
  expect(run.status).toBe('succeeded');
  const view = await stage.open({ path: `/app/runs/${run.id}?tab=terminal` });
  const { page } = view;
  const last = page.locator('.log-line').getByText('the last word');
  await last.waitFor();
  // Once more, with the app there: what a person waits for after the click.
  await page.getByRole('tab', { name: 'Raw events' }).click();
  await page.locator('.events-row').first().waitFor();
  const opened = await page.evaluate(async () => {
    const began = performance.now();
    const tab = [...document.querySelectorAll<HTMLElement>('[role=tab]')].find((one) => one.textContent === 'Terminal')!;
    tab.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }));
    while (![...document.querySelectorAll('.log-line')].some((line) => line.textContent?.includes('the last word')))
      await new Promise(requestAnimationFrame);
    return performance.now() - began;
  });
  const elements = await page.locator('.log-line').count();
  await page.keyboard.press('/');
  const searched = await page.evaluate(() => performance.now());
  await page.keyboard.type('line 99999 ');
  await page.locator('.log-search').getByText('1', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.log-now').getByText('line 99999 of 100000').waitFor();
  const found = (await page.evaluate(() => performance.now())) - searched;
  const frames = await page.evaluate(async () => {
    const box = document.querySelector<HTMLElement>('.log-box')!;
    const times: number[] = [];
    let before = performance.now();
    for (let step = 0; step < 60; step++) {
      box.scrollTop = (box.scrollHeight / 60) * step;
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - before);
      before = performance.now();
    }
    return { longest: Math.max(...times), mean: times.reduce((sum, one) => sum + one, 0) / times.length };
  });
  console.info(
    `log of 100,000 lines: opened in ${opened.toFixed(0)} ms, ${elements} line elements, found in ${found.toFixed(0)} ms (with typing), ` +
      `frames while scrolling ${frames.mean.toFixed(1)} ms mean, ${frames.longest.toFixed(0)} ms longest`,
  );
  expect(elements).toBeLessThan(200);
  expect(opened).toBeLessThan(Number(process.env['LOG_OPENS_MS'] ?? 2_000));
  await accessible(view);
});

test('a log follows its end until somebody scrolls, and says what is new', async () => {
  const { run } = await stage.daemon.post<{ run: Run }>('/runs', {
    profile: 'plain',
    prompt: '!lines 300\n!wait more\n!lines 20\n!print \u001b[32mgreen\u001b[0m',
    isolation: 'none',
  });
  const view = await stage.open({ path: `/app/runs/${run.id}?tab=terminal` });
  const { page } = view;
  await page.locator('.log-line').getByText('line 300 of 300').waitFor();
  await page.locator('.log-box').hover();
  await page.mouse.wheel(0, -2_000);
  await page.getByRole('button', { name: 'To the end ↓' }).waitFor();
  stage.daemon.release('more');
  await page.getByRole('button', { name: /2\d new lines ↓/ }).click();
  await page.locator('.log-line').getByText('green').waitFor();
  await page.getByRole('button', { name: 'Wrap' }).click();
  await page.locator('.log-line').getByText('green').waitFor();
  await page.getByRole('button', { name: 'Times' }).click();
  await page
    .locator('.log-time')
    .getByText(/\d\d:\d\d:\d\d/)
    .first()
    .waitFor();
  await accessible(view);
  await shots(view, 'run-log');
  await page.getByRole('button', { name: 'Terminal' }).click();
  await page.locator('.xterm-rows').getByText('green').waitFor();
  await accessible(view);
  await shots(view, 'run-terminal');
  const phone = await stage.open({ kind: 'phone', path: `/app/runs/${run.id}?tab=terminal` });
  await phone.page.locator('.log-line').getByText('green').waitFor();
  await shots(phone, 'run-log');
});
