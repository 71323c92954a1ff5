import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import type { View } from './support/browser';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

// Nothing verifies the work: a person looks at it, and what is accepted is merged.
const stage = setStage({ verify: false });

/** What the agent does: asks before it runs a command, then writes a file. */
const task = (file: string): string =>
  `Write a file.\n!say I look at the repository first.\n!run echo checked\n!write ${file} frist\n!end Wrote ${file}.`;

/** The remark of the review; the agent does what it says. */
const remark = (file: string): string => `!write ${file} first`;

const column = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const need = (page: Page, title: string): Locator => page.locator('.need', { hasText: title });

async function idOf(title: string): Promise<string> {
  return until(`there is an item '${title}'`, async () => {
    const { items } = await stage.daemon.get<{ items: { id: string; title: string }[] }>('/items?limit=500');
    return items.find((item) => item.title === title)?.id ?? null;
  });
}

/** The work is on main as the review wanted it, and the board says so. */
async function delivered(view: View, title: string, file: string): Promise<void> {
  const item = await stage.daemon.reaches(await idOf(title), 'done');
  expect(item.attempts).toBe(2);
  const main = execFileSync('git', ['-C', stage.daemon.repository, 'show', `main:${file}`], { encoding: 'utf8' });
  expect(main).toBe('first\n');
  await view.go('/');
  await column(view.page, 'Done').locator('.card', { hasText: title }).getByText('landed').waitFor();
}

/** Waits until the second round of the work, with the remark done, is there to be looked at. */
async function mended(title: string): Promise<void> {
  const id = await idOf(title);
  await until('the agent has done what the remark says', async () => {
    const { runs } = await stage.daemon.get<{ runs: { status: string }[] }>(`/runs?item_id=${id}`);
    return runs.length === 2 && runs.every((run) => run.status === 'succeeded') ? true : null;
  });
  await stage.daemon.reaches(id, 'review');
}

test('the whole story by mouse', async () => {
  const [title, file] = ['Mouse writes a file', 'mouse.txt'];
  await stage.daemon.add({ title: 'What is there already' });
  const view = await stage.open();
  const { page } = view;
  await column(page, 'Inbox').getByRole('button', { name: 'New item' }).click();
  const form = page.getByRole('dialog', { name: 'New item' });
  await form.getByLabel('Title').fill(title);
  await form.getByLabel('What is to be done').fill(task(file));
  await form.locator('[name=project]').selectOption('sample');
  await form.locator('[name=profile]').selectOption('talk');
  await form.getByRole('button', { name: 'Add and make ready' }).click();

  await page
    .getByRole('link', { name: /Needs you/ })
    .first()
    .click();
  await need(page, title).getByText('echo checked', { exact: true }).waitFor();
  await shots(view, 'demo-approval');
  await need(page, title).getByRole('button', { name: 'Approve', exact: true }).click();

  await need(page, title).getByRole('link', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Comment on line 1' }).first().click();
  await page.getByRole('textbox', { name: 'Comment on line 1', exact: true }).fill(remark(file));
  await page.getByRole('button', { name: /Keep as draft/ }).click();
  await shots(view, 'demo-review');
  await page.getByRole('button', { name: /Send back 1 comment/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Send back/ })
    .click();
  await mended(title);

  await page
    .getByRole('link', { name: /Needs you/ })
    .first()
    .click();
  await need(page, title).getByRole('link', { name: 'Review' }).click();
  await page.getByRole('button', { name: /^Accept/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Accept/ })
    .click();
  await delivered(view, title, file);
  await shots(view, 'demo-done');
});

/** Goes on by the tab key until that has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The tab key does not lead to ${selector}.`);
}

async function keys(page: Page, ...all: string[]): Promise<void> {
  for (const key of all) await page.keyboard.press(key);
}

test('the whole story by the keyboard alone', async () => {
  const [title, file] = ['Keys write a file', 'keys.txt'];
  await stage.daemon.add({ title: 'Something to stand on' });
  const view = await stage.open();
  const { page } = view;
  await column(page, 'Inbox').locator('.card').first().waitFor();
  await keys(page, 'c');
  await page.getByRole('dialog', { name: 'New item' }).waitFor();
  await tabTo(page, '[name=title]');
  await page.keyboard.type(title);
  await tabTo(page, '[name=description]');
  await page.keyboard.insertText(task(file));
  await tabTo(page, '[name=profile]');
  await page.keyboard.type('talk');
  await tabTo(page, 'button[value=ready]');
  await keys(page, 'Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await keys(page, 'g', 'i');
  await need(page, title).getByText('echo checked', { exact: true }).waitFor();
  await keys(page, 'a');
  await need(page, title).getByRole('link', { name: 'Review' }).waitFor();
  await keys(page, 'j', 'Enter');
  await page.getByRole('button', { name: 'Comment on line 1' }).first().waitFor();
  await keys(page, 'j', 'n', 'c');
  await page.getByRole('textbox', { name: 'Comment on line 1', exact: true }).waitFor();
  await page.keyboard.insertText(remark(file));
  await keys(page, 'Control+Enter');
  await page.getByRole('button', { name: /Send back 1 comment/ }).waitFor();
  await keys(page, 'f');
  await page.getByRole('dialog').waitFor();
  await keys(page, 'Control+Enter');
  await mended(title);

  await keys(page, 'g', 'i');
  await need(page, title).getByRole('link', { name: 'Review' }).waitFor();
  // A slow answer: the first attempt's work, which the page still knows, must not stand there with keys that decide about the second's.
  await page.route('**/reviews/*', async (route) => {
    await setTimeout(500);
    await route.continue();
  });
  await keys(page, 'j', 'Enter');
  await page.getByRole('button', { name: /^Accept/, disabled: false }).waitFor();
  await keys(page, 'a');
  await page.getByRole('dialog').waitFor();
  await keys(page, 'Control+Enter');
  await delivered(view, title, file);
});

test('the whole story at the width of a phone', async () => {
  const [title, file] = ['Phone writes a file', 'phone.txt'];
  await stage.daemon.add({ title: 'Something on the phone' });
  const view = await stage.open({ kind: 'phone' });
  const { page } = view;
  const fits = async (): Promise<void> => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await column(page, 'Inbox').getByRole('button', { name: 'New item' }).tap();
  const form = page.getByRole('dialog', { name: 'New item' });
  await form.getByLabel('Title').fill(title);
  await form.getByLabel('What is to be done').fill(task(file));
  await form.locator('[name=project]').selectOption('sample');
  await form.locator('[name=profile]').selectOption('talk');
  await fits();
  await form.getByRole('button', { name: 'Add and make ready' }).tap();
  await form.waitFor({ state: 'detached' });

  // Two taps: to what waits, and yes.
  await until('the agent asks', async () => (await stage.daemon.get<{ needs: unknown[] }>('/board/needs')).needs.length > 0 || null);
  await page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('link', { name: /Needs you/ })
    .tap();
  await need(page, title).getByRole('button', { name: 'Approve', exact: true }).tap();
  await shots(view, 'demo-needs');
  await need(page, title).getByRole('link', { name: 'Review' }).tap();
  // The list of files leads to each of them.
  await page
    .getByRole('button', { name: file })
    .or(page.getByRole('link', { name: file }))
    .first()
    .tap();
  await page.getByRole('button', { name: 'Comment on line 1' }).first().tap();
  await page.getByRole('textbox', { name: 'Comment on line 1', exact: true }).fill(remark(file));
  await fits();
  await page.getByRole('button', { name: /Keep as draft/ }).tap();
  await shots(view, 'demo-review');
  await page.getByRole('button', { name: /Send back 1 comment/ }).tap();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Send back/ })
    .tap();
  await mended(title);

  await page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('link', { name: /Needs you/ })
    .tap();
  await need(page, title).getByRole('link', { name: 'Review' }).tap();
  await page.getByRole('button', { name: /^Accept/ }).tap();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Accept/ })
    .tap();
  await delivered(view, title, file);
  await fits();
});
