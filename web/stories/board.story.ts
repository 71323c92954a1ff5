import { expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const stage = setStage({ autoRun: false });

const column = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const cardIn = (page: Page, name: string, title: string): Locator => column(page, name).locator('.card', { hasText: title });
const toast = (page: Page, text: string): Locator => page.locator('.toast', { hasText: text });
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.querySelector('h3')?.textContent ?? document.activeElement?.tagName ?? '');

/** Takes a card by the pointer to a column, and says what is told before it is let go. */
async function drag(page: Page, from: Locator, to: Locator): Promise<string> {
  const [start, end] = [(await from.boundingBox())!, (await to.boundingBox())!];
  await page.mouse.move(start.x + start.width / 2, start.y + 12);
  await page.mouse.down();
  await page.mouse.move(start.x + start.width / 2 + 12, start.y + 20, { steps: 3 });
  await page.mouse.move(end.x + end.width / 2, end.y + end.height - 40, { steps: 6 });
  const says = await to.locator('.column-says').textContent();
  await page.mouse.up();
  return says ?? '';
}

test('a card is added by a line, taken to Ready by the pointer, and back by Undo', async () => {
  await stage.daemon.add({ title: 'What is there already' });
  const { page } = await stage.open();
  await page.getByLabel('Add to Inbox').fill('Write the docs !high #web @plain');
  await page.getByLabel('Add to Inbox').press('Enter');
  const card = cardIn(page, 'Inbox', 'Write the docs');
  await card.waitFor();
  await toast(page, 'Added #').waitFor();
  expect(await card.textContent()).toMatch(/high.*web/s);
  await page.mouse.move(5, 5);
  expect(await drag(page, card, column(page, 'Ready'))).toBe('Lets it be started.');
  await cardIn(page, 'Ready', 'Write the docs').waitFor();
  await toast(page, 'moved to Ready').getByRole('button', { name: 'Undo' }).click();
  await cardIn(page, 'Inbox', 'Write the docs').waitFor();
  // What cannot be is said before the card is let go, and nothing happens.
  expect(await drag(page, cardIn(page, 'Inbox', 'Write the docs'), column(page, 'Review'))).toContain('by itself');
  await toast(page, 'by itself').waitFor();
  expect(await cardIn(page, 'Inbox', 'Write the docs').count()).toBe(1);
});

test('everything goes by keys, and the focus stays on the card', async () => {
  await stage.daemon.add({ title: 'Keys one' });
  await stage.daemon.add({ title: 'Keys two' });
  const { page } = await stage.open({ path: '/?q=Keys' });
  await cardIn(page, 'Inbox', 'Keys one').waitFor();
  await page.keyboard.press('j');
  await until('the first card has the focus', async () => ((await focused(page)) === 'Keys two' ? true : null));
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+J');
  await page.getByRole('toolbar', { name: 'With what is chosen' }).getByText('2 cards').waitFor();
  await page.keyboard.press('r');
  await cardIn(page, 'Ready', 'Keys one').waitFor();
  await toast(page, '2 cards moved to Ready').waitFor();
  await until('the focus came along', async () => ((await focused(page)) === 'Keys one' ? true : null));
  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  await page.getByRole('menuitem', { name: 'Move to…' }).press('ArrowRight');
  await page.getByRole('menuitem', { name: /^Inbox/ }).press('Enter');
  await cardIn(page, 'Inbox', 'Keys one').waitFor();
  await until('the focus is on it', async () => ((await focused(page)) === 'Keys one' ? true : null));
  await page.keyboard.press('e');
  await page.getByLabel('Title').fill('Keys renamed');
  await page.getByLabel('Title').press('Enter');
  await toast(page, 'renamed').waitFor();
  await until('the focus is back', async () => ((await focused(page)) === 'Keys renamed' ? true : null));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Keys renamed' }).waitFor();
});

test('nothing jumps under the pointer, and what waits is offered', async () => {
  await stage.daemon.add({ title: 'Still one' });
  const { page } = await stage.open({ path: '/?q=Still' });
  await cardIn(page, 'Inbox', 'Still one').waitFor();
  await cardIn(page, 'Inbox', 'Still one').hover();
  await stage.daemon.add({ title: 'Still two' });
  const chip = column(page, 'Inbox').getByRole('button', { name: '1 change' });
  await chip.waitFor();
  expect(await cardIn(page, 'Inbox', 'Still two').count()).toBe(0);
  await chip.click();
  await cardIn(page, 'Inbox', 'Still two').waitFor();
});

test('a refused start is taken back with the reason', async () => {
  const first = await stage.daemon.add({ title: 'Before it' });
  await stage.daemon.add({ title: 'Waits for another', blocked_by: [first.id] });
  const view = await stage.open({ path: '/?q=another' });
  view.expect(/\b409\b/);
  const card = cardIn(view.page, 'Inbox', 'Waits for another');
  await card.waitFor();
  await drag(view.page, card, column(view.page, 'In flight'));
  await toast(view.page, 'stays as it was').waitFor();
  await card.waitFor();
});

test('filters and search are in the address, and a saved view brings them back', async () => {
  await stage.daemon.add({ title: 'Filtered in', labels: ['needle'], priority: 'urgent' });
  await stage.daemon.add({ title: 'Filtered out' });
  const { page } = await stage.open();
  await cardIn(page, 'Inbox', 'Filtered in').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('Filtered');
  await page.getByLabel('Filter by priority').selectOption('urgent');
  await until('only one is left', async () => ((await page.locator('.card').count()) === 1 ? true : null));
  expect(new URL(page.url()).search).toBe('?q=Filtered&priority=urgent');
  await page.getByRole('button', { name: /^Views/ }).click();
  await page.getByRole('menuitem', { name: 'Save this view …' }).click();
  await page.getByLabel('Name (kept in this browser)').fill('Hot');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Clear' }).click();
  await cardIn(page, 'Inbox', 'Filtered out').waitFor();
  await page.reload();
  await page.getByRole('button', { name: /^Views/ }).click();
  await page.getByRole('menuitem', { name: 'Hot' }).click();
  await until('only one is left', async () => ((await page.locator('.card').count()) === 1 ? true : null));
});

test('a run is seen live by two browsers, and the view after a kill equals a fresh one', async () => {
  const item = await stage.daemon.add({
    title: 'Live one',
    description: '!print first line\n!wait live\n!print second line\n!wait end',
    profile: 'plain',
  });
  const [one, two] = await Promise.all([stage.open({ path: '/?q=Live' }), stage.open({ path: '/?q=Live' })]);
  await cardIn(one.page, 'Inbox', 'Live one').waitFor();
  await cardIn(one.page, 'Inbox', 'Live one').focus();
  await one.page.keyboard.press('Shift+R');
  await cardIn(two.page, 'In flight', 'Live one').getByText('first line').waitFor();
  stage.daemon.release('live');
  await cardIn(one.page, 'In flight', 'Live one').getByText('second line').waitFor();
  for (const view of [one, two]) view.expect(/ERR_CONNECTION|Failed to load|\b503\b|ERR_INCOMPLETE/);
  await stage.daemon.kill();
  await one.page.getByText('Connection lost').waitFor();
  await stage.daemon.restart();
  stage.daemon.release('end');
  await stage.daemon.runOf(item.id, 'succeeded');
  await one.page.getByText('Connection lost').waitFor({ state: 'detached' });
  await until('both show where it is', async () => {
    const { status } = await stage.daemon.item(item.id);
    const fresh = await Promise.all([one, two].map(({ page }) => page.locator('.card', { hasText: 'Live one' }).textContent()));
    return fresh.every((text) => text?.includes(status === 'review' ? 'in review' : status!.replaceAll('_', ' '))) ? true : null;
  });
});

test('markup and control signs in a title do nothing', async () => {
  const { page } = await stage.open({ path: '/?q=onerror' });
  page.on('dialog', () => {
    throw new Error('A script of a title ran.');
  });
  await stage.daemon.add({ title: '<img src=x onerror=alert(1)> \u202egnp.exe', labels: ['<b>x</b>'] });
  const card = page.locator('.card', { hasText: 'onerror' });
  await card.waitFor();
  expect(await card.locator('h3').textContent()).toContain('<img src=x onerror=alert(1)>');
  expect(await card.locator('img, b').count()).toBe(0);
  expect(await card.locator('h3').textContent()).not.toContain('\u202e');
});

test('every column is in sight on a small desk', async () => {
  await stage.daemon.add({ title: 'In sight' });
  const { page } = await stage.open();
  await cardIn(page, 'Inbox', 'In sight').waitFor();
  for (const width of [1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    const columns = await page.locator('.board-columns').evaluate((all) => ({ all: all.scrollWidth, seen: all.clientWidth }));
    expect(columns.all, `at ${width} px`).toBe(columns.seen);
  }
});

test('the board is for everybody, on a desk and on a phone', async () => {
  await stage.daemon.add({
    title: 'Greet several people',
    priority: 'high',
    labels: ['cli'],
    acceptance_criteria: ['Several names are greeted'],
  });
  const failed = await stage.daemon.addReady({
    title: 'Write the changelog',
    description: '!say I do not find the version\n!fail no version',
    profile: 'plain',
  });
  await stage.daemon.post(`/api/executor/run/${failed.id}`, { mode: 'automatic' });
  const live = await stage.daemon.addReady({
    title: 'Mend the build',
    description: '!print Compiling 412 of 900\n!wait never',
    priority: 'urgent',
    profile: 'plain',
  });
  await stage.daemon.post(`/api/executor/run/${live.id}`, { mode: 'automatic' });
  const desk = await stage.open();
  await desk.page.getByText('Compiling 412 of 900').first().waitFor();
  await accessible(desk);
  await shots(desk, 'board');
  await desk.page.keyboard.press('c');
  await desk.page.getByRole('dialog', { name: 'New item' }).waitFor();
  await accessible(desk);
  await shots(desk, 'new-item');
  const phone = await stage.open({ kind: 'phone' });
  await column(phone.page, 'Inbox').locator('.card').first().waitFor();
  await phone.page
    .getByRole('group', { name: 'Columns' })
    .getByRole('button', { name: /In flight/ })
    .tap();
  await until('In flight fills the screen', async () => {
    const box = await column(phone.page, 'In flight').boundingBox();
    return box && box.x >= 0 && box.x < 20 && box.width > 300 ? true : null;
  });
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await accessible(phone);
  await shots(phone, 'board');
});
