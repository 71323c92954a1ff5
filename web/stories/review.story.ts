import { expect, test } from 'vitest';
import type { Item } from '../src/api/types';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const answer = JSON.stringify({
  verdict: 'changes',
  summary: 'One remark.',
  findings: [
    {
      severity: 'low',
      file: 'docs/names.md',
      line: 2,
      end_line: null,
      title: 'Names are not sorted',
      detail: 'Sort **them**.',
      suggestion: 'Ada',
    },
    { severity: 'low', file: null, line: null, end_line: null, title: 'Say why in the commit', detail: '', suggestion: null },
  ],
});
const script = `process.stdin.resume();process.stdin.on('end',()=>console.log(${JSON.stringify(answer)}))`;
const stage = setStage({
  deliver: false,
  reviewer: 'reviewer',
  config: 'reviews: {normal: 1, person_from: low}',
  profiles: `  reviewer:
    {agent: command, command: [${JSON.stringify(process.execPath)}, -e, ${JSON.stringify(script)}], sandbox: read-only}`,
});

const work = [
  '!write docs/names.md Alan\\nAda\\nGrace',
  '!write greet.sh #!/bin/sh\\n[ $# -gt 0 ] || set -- world\\necho "Hello, $1!"\\n# end',
  '!write test/names.sh [ -e docs/names.md ]',
  '!tool sh test.sh',
  '!end The names are there.',
].join('\n');

const inReview = async (title: string): Promise<Item> => {
  const item = await stage.daemon.addReady({
    title,
    description: work,
    acceptance_criteria: ['names are listed', '`sh test.sh` passes'],
  });
  await stage.daemon.reaches(item.id, 'review');
  await until('a reviewer has spoken', async () =>
    (await stage.daemon.get<{ findings: unknown[] }>(`/reviews/${item.id}`)).findings.length > 0 ? true : null,
  );
  return item;
};

test('work is looked at, commented and sent back, by keys alone', async () => {
  const item = await inReview('List names');
  const view = await stage.open({ path: `/app/items/${item.id}/review` });
  const { page } = view;
  await page.getByText('Names are not sorted').first().waitFor();
  await page.getByText('Say why in the commit').first().waitFor();
  await accessible(view);
  await shots(view, 'review');

  await page.keyboard.press('j');
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path'))).toBe('docs/names.md');
  await page.keyboard.press('n');
  await page.keyboard.press('c');
  await page.getByRole('textbox', { name: 'Comment on line 1' }).waitFor();
  await page.keyboard.type('Who is *Alan*?');
  await accessible(view);
  await page.keyboard.press('Control+Enter');
  await page.getByText('your draft, not sent').waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('j');
  await page.keyboard.press('v');
  await page.getByText('3 files, 1 viewed').waitFor();
  await page.keyboard.press('s');
  await page.locator('.diff-split').first().waitFor();
  await accessible(view);
  await shots(view, 'review-split');
  await page.keyboard.press('f');
  await page.getByText('1 comment of yours').waitFor();
  await accessible(view, '[role=dialog]');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL('**/app/runs/*');
  const sent = await until(
    'the message is there',
    async () =>
      (await stage.daemon.get<{ findings: { state: string; title: string }[] }>(`/reviews/${item.id}`)).findings.find(
        (one) => one.state === 'sent',
      ) ?? null,
  );
  expect(sent.title).toBe('Who is *Alan*?');
});

test('lines are picked by dragging, and the work is accepted by mouse', async () => {
  const item = await inReview('List names once more');
  const view = await stage.open({ path: `/app/items/${item.id}/review` });
  const { page } = view;
  const pick = (line: number) =>
    page.locator('[data-path="docs/names.md"]').getByRole('button', { name: `Comment on line ${line}`, exact: true });
  await pick(1).hover();
  await page.mouse.down();
  await pick(3).hover();
  await page.mouse.up();
  await page.getByRole('textbox', { name: 'Comment on lines 1 to 3' }).fill('Three of them');
  await page.getByLabel('Severity').selectOption('low');
  await page.getByRole('button', { name: 'Suggest a change' }).click();
  await page.getByLabel('Instead of it').fill('Ada\nAlan\nGrace');
  await page.getByRole('button', { name: /Keep as draft/ }).click();
  await page.getByText('your draft, not sent').waitFor();
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.getByText('your draft, not sent').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('your draft, not sent').waitFor();

  await page.getByRole('button', { name: /Merge or pull request/ }).click();
  await page.getByRole('dialog').getByLabel('How').selectOption('pull_request');
  await page.getByText('No branch here is moved.').waitFor();
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('button', { name: /Accept/ }).click();
  await page.getByText('kept as debt').waitFor();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Accept/ })
    .click();
  await stage.daemon.reaches(item.id, 'done');
  await view.go(`/app/items/${item.id}/review`);
  await page.getByText(/findings left as debt/).waitFor();
  const phone = await stage.open({ kind: 'phone', path: `/app/items/${item.id}/review` });
  await phone.page.getByText(/findings left as debt/).waitFor();
  expect(await phone.page.evaluate(() => document.getElementById('main')!.scrollWidth <= window.innerWidth)).toBe(true);
  await accessible(phone);
  await shots(phone, 'review');
});

test('what took which time is drawn, read as a table, and gone through by keys', async () => {
  const item = await inReview('List names in time');
  const view = await stage.open({ path: `/app/items/${item.id}/timeline` });
  const { page } = view;
  await page.getByRole('treeitem', { name: /run: List names in time/ }).waitFor();
  await accessible(view);
  await shots(view, 'timeline');
  await page.keyboard.press('+');
  await page.keyboard.press('0');
  await page.getByRole('treeitem').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.locator('[aria-expanded=false]').count()).toBe(1);
  await page.keyboard.press('ArrowRight');
  await page.getByRole('treeitem', { name: /tool: shell/ }).waitFor();
  await page.keyboard.press('t');
  await page.getByRole('cell', { name: 'a person’s' }).first().waitFor();
  await accessible(view);
  const phone = await stage.open({ kind: 'phone', path: `/app/items/${item.id}/timeline` });
  await phone.page.getByRole('treeitem').first().waitFor();
  await accessible(phone);
  await shots(phone, 'timeline');
});
