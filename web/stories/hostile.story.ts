import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { accessible } from './support/axe';
import { setStage } from './support/stage';

const stage = setStage({ verify: false, deliver: false });

const script = '<script>window.hurt = 1</script><img src=x onerror="window.hurt = 2"><svg onload="window.hurt = 3">';
const markdown =
  '[click](javascript:window.hurt=4) ![x](http://evil.example/x.png) <iframe src="http://evil.example"></iframe> <http://evil.example>';
const turned = 'start \u202Eesrever\u202C end \u2066isolate\u2069';
const long = 'w'.repeat(3_000);
const control = '\u001B[31mred\u001B[0m\u001B]0;title\u0007 bell\u0007 back\u0008';
// JSON of the agent's own lines: what a model might say.
const say = (text: string): string => `!print ${JSON.stringify({ agentctl: { type: 'message', text } })}`;

const title = `${script} ${turned} ${long.slice(0, 350)}`;
const description = [
  '# A heading',
  script,
  markdown,
  turned,
  long,
  '```html',
  script,
  '```',
  '| a | b |',
  '|---|---|',
  `| ${script} | ${markdown} |`,
  say(script),
  say(markdown),
  say(turned),
  say(long),
  `!print ${control}`,
  `!print ${script}`,
  `!print ${long}`,
  `!tool ${script}`,
  '!write <img src=x onerror=window.hurt=5>.txt <b>bold</b> & more',
  `!write ${'d'.repeat(60)}/${'f'.repeat(120)}.md ${script}`,
  '!write quote".txt quoted',
  `!end ${script}`,
].join('\n');

/** Waits until everything that a page reads first is there. */
const read = (page: Page): Promise<void> => page.getByText('Loading …').first().waitFor({ state: 'detached' });

/** Nothing ran, nothing was made of it, and the page has not grown sideways. */
async function unhurt(page: Page, where: string): Promise<void> {
  const seen = await page.evaluate(() => ({
    hurt: (window as unknown as { hurt?: number }).hurt ?? null,
    made: [
      ...document.querySelectorAll(
        'script:not([src]), iframe, object, embed, [onerror], [onload], img[src^="http"], a[href^="javascript"]',
      ),
    ].map((element) => element.outerHTML.slice(0, 200)),
    raw: [...document.querySelectorAll<HTMLElement>('body *:not(script):not(style)')]
      .flatMap((element) => [...element.childNodes])
      .filter(
        (node) =>
          node.nodeType === Node.TEXT_NODE &&
          /[\u202A-\u202E\u2066-\u2069\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/.test(node.nodeValue ?? ''),
      )
      .map((node) => JSON.stringify((node.nodeValue ?? '').slice(0, 80))),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(seen, where).toEqual({ hurt: null, made: [], raw: [], wide: 0 });
}

test('script, markup, control characters and endless words do nothing on any screen', async () => {
  const item = await stage.daemon.addReady({
    title,
    description,
    labels: ['<i>label</i>', 'l'.repeat(80)],
    acceptance_criteria: [script, markdown],
  });
  const reviewed = await stage.daemon.reaches(item.id, 'review');
  await stage.daemon
    .post(`/reviews/${item.id}/comments`, {
      file: 'quote".txt',
      line: 1,
      title: script,
      detail: `${markdown}\n${turned}`,
      severity: 'high',
    })
    .catch(() => undefined);
  const view = await stage.open();
  const run = `/app/runs/${reviewed.run_id}`;
  const screens = [
    '/',
    '/app/needs',
    `/app/items/${item.id}`,
    `/app/items/${item.id}/review`,
    `/app/items/${item.id}/timeline`,
    '/app/runs',
    run,
    `${run}?tab=terminal`,
    `${run}?tab=changes`,
    `${run}?tab=timeline`,
    `${run}?tab=events`,
    '/app/queue',
    '/app/usage',
    '/app/plans',
  ];
  for (const screen of screens) {
    await view.go(screen);
    await view.page.getByRole('heading', { level: 1 }).first().waitFor();
    await read(view.page);
    await unhurt(view.page, screen);
  }
  await view.go(`/app/items/${item.id}`);
  await view.page.getByText('window.hurt = 1').first().waitFor();
  // Links say where they lead, and lead there in a window of their own that knows nothing of this one.
  for (const link of await view.page.locator('a[href^="http"]').all()) {
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await link.textContent()).toContain('evil.example');
  }
});

test('the same on a phone', async () => {
  const [card] = (await stage.daemon.get<{ cards: { id: string; run_id: string }[] }>('/board/cards')).cards;
  const view = await stage.open({ kind: 'phone' });
  for (const screen of ['/', '/app/needs', `/app/items/${card!.id}`, `/app/items/${card!.id}/review`, `/app/runs/${card!.run_id}`]) {
    await view.go(screen);
    await view.page.getByRole('heading', { level: 1 }).first().waitFor();
    await read(view.page);
    await unhurt(view.page, screen);
  }
  await accessible(view);
});
