import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { setStage } from './support/stage';
import { shots } from './support/shots';

const stage = setStage();

test('a link lets one browser in, once, and leads to the board', async () => {
  const printed = stage.daemon.ctl('open', '--print').split('\n');
  const link = printed.find((line) => line.startsWith('http'))!;
  const first = await stage.open({ stranger: true, path: new URL(link).pathname + new URL(link).search });
  await first.page.getByRole('navigation', { name: 'Pages' }).waitFor();
  expect(new URL(first.page.url()).pathname).toBe('/');
  await first.page.waitForFunction(() => document.title.includes('Board'));
  const [cookie] = await first.context.cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  // Scripts of the page cannot read it.
  expect(await first.page.evaluate(() => document.cookie)).toBe('');

  const second = await stage.open({ stranger: true, path: '/' });
  second.expect(/\b(401|410)\b/);
  const answer = await second.page.goto(link);
  expect(answer?.status()).toBe(410);
  expect(await second.context.cookies()).toEqual([]);
});

test('who has no session is told how to get one, and sees nothing', async () => {
  await stage.daemon.add({ title: 'A secret of the house' });
  const view = await stage.open({ stranger: true });
  view.expect(/\b401\b/);
  await view.page.getByRole('heading', { name: 'Open the board from your terminal' }).first().waitFor();
  expect(await view.page.getByText('agentctl open').first().isVisible()).toBe(true);
  expect(await view.page.content()).not.toContain('A secret of the house');
  await accessible(view);
  await shots(view, 'sign-in');
  const phone = await stage.open({ stranger: true, kind: 'phone' });
  phone.expect(/\b401\b/);
  await phone.page.getByRole('heading', { name: 'Open the board from your terminal' }).first().waitFor();
  await shots(phone, 'sign-in');
});

test('every page of the app opens by its address, and nothing leaves the machine', async () => {
  const view = await stage.open();
  const links = view.page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  await links.first().waitFor();
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
  expect(paths.length).toBeGreaterThan(5);
  for (const path of paths) {
    await view.go(path);
    await view.page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await view.page.getByRole('heading', { level: 1 }).first().waitFor();
  }
  // Requests to elsewhere, refusals of the content policy and errors are looked at when the view is closed.
});

test('the board can be installed: its manifest and its pictures are what a browser asks for', async () => {
  const { page, context } = await stage.open();
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const devtools = await context.newCDPSession(page);
  const { url, errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { icons, start_url } = JSON.parse(data!) as { icons: { src: string; type: string }[]; start_url: string };
  expect(start_url).toBe('/');
  for (const icon of icons) {
    const answer = await context.request.get(new URL(icon.src, url).href);
    expect(answer.headers()['content-type']).toContain(icon.type);
  }
  expect((await devtools.send('Page.getInstallabilityErrors')).installabilityErrors.map((error) => error.errorId)).toEqual([
    'in-incognito',
  ]);
});

test('a page that is not there says so', async () => {
  const view = await stage.open({ path: '/app/nothing/of/the/kind' });
  await view.page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await view.page.getByRole('link', { name: 'To the board' }).click();
  expect(new URL(view.page.url()).pathname).toBe('/');
});
