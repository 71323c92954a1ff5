import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';

const stage = setStage({ autoRun: false, deliver: false });

const manifest = (more: object[] = []) =>
  JSON.stringify({
    project: 'sample',
    phases: [
      {
        name: 'Groundwork',
        tasks: [
          {
            id: 'base',
            title: 'Lay the base',
            files: ['base.txt'],
            description: '!write base.txt x',
            steps: [
              { id: 's1', title: 'Look' },
              { id: 's2', title: 'Write' },
            ],
          },
          { id: 'words', title: 'Gather words', files: ['words.txt'], dependsOn: ['base'], description: '!fail' },
          { id: 'pictures', title: 'Gather pictures', files: ['words.txt'], dependsOn: ['base'] },
        ],
      },
      {
        name: 'Surface',
        gate: 'person',
        tasks: [{ id: 'page', title: 'Make the page', dependsOn: ['words'] }, { id: 'extra', title: 'Polish it', optional: true }, ...more],
      },
    ],
  });

interface PlanRow {
  id: string;
  title: string;
  status: string;
}

test('a document is dropped, looked at, taken, consented to, decided about, and imported again', async () => {
  const view = await stage.open({ path: '/app/plans' });
  const { page } = view;
  await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor();
  await accessible(view);

  // A file as a drop gives it.
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'greeting.json', { type: 'application/json' }));
    return data;
  }, manifest());
  await page.dispatchEvent('.plans', 'drop', { dataTransfer: dropped });
  await page.getByText('Nothing is stored yet.').waitFor();
  await page.getByText('base', { exact: true }).first().waitFor();
  await accessible(view, '[role=dialog]');
  await shots(view, 'plan-import');
  await page.getByRole('button', { name: 'Make the plan' }).click();

  await page.getByRole('heading', { name: 'Nothing runs before you consent' }).waitFor();
  expect((await stage.daemon.get<{ plans: PlanRow[] }>('/plans')).plans[0]?.status).toBe('draft');
  await page.getByRole('tab', { name: /Units/ }).click();
  await accessible(view);
  await shots(view, 'plan-consent');

  // The picture, by keys.
  await page.getByRole('tab', { name: 'Graph' }).click();
  await page.locator('[data-node=base]').focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-node'))).not.toBe('base');
  await accessible(view);
  await shots(view, 'plan-graph');
  await page.getByRole('radio', { name: 'list' }).check();
  await page.getByRole('rowheader', { name: /pictures/ }).waitFor();
  await page.getByRole('tab', { name: 'Simulation' }).click();
  await page.getByRole('rowheader', { name: '1', exact: true }).waitFor();
  await accessible(view);
  await shots(view, 'plan-simulation');
  await page.getByRole('tab', { name: 'Why' }).click();
  await page.getByText('pictures').first().waitFor();
  await page.getByRole('tab', { name: 'Pulse' }).click();
  await page.locator('.plan-pulse').waitFor();

  // A download has the name people expect.
  await page.getByRole('button', { name: 'More …' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /tasks.md/ }).click()]);
  expect(file.suggestedFilename()).toBe('tasks.md');
  expect(readFileSync(await file.path(), 'utf8')).toContain('base');

  // Imported again, it says first what is different.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More …' }).click();
  await page.getByRole('menuitem', { name: /Import again/ }).click();
  await page.getByRole('textbox', { name: /paste the text/ }).fill(manifest([{ id: 'new', title: 'One more' }]));
  await page.getByRole('button', { name: 'See what comes of it' }).click();
  await page.getByText('1 new unit: new').waitFor();
  await page.getByRole('button', { name: 'Bring the plan up to date' }).click();
  await page.getByRole('tab', { name: /Units/ }).click();
  await page.getByText('One more').waitFor();

  await page.getByRole('button', { name: 'Start the plan' }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
});

test('what is refused says every place that is wrong, and stores nothing', async () => {
  const view = await stage.open({ path: '/app/plans' });
  view.expect(/422/);
  const { page } = view;
  await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor();
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: /paste the text/ }).fill(
    JSON.stringify({
      phases: [
        {
          name: 'A',
          tasks: [
            { id: 'a', dependsOn: ['nobody'] },
            { id: 'b', dependsOn: ['nowhere'] },
          ],
        },
      ],
    }),
  );
  await page.getByRole('button', { name: 'See what comes of it' }).click();
  await page.getByText('Refused.').waitFor();
  expect(await page.locator('.findings-row').count()).toBeGreaterThan(1);
  await accessible(view, '[role=dialog]');
  await shots(view, 'plan-refused');
});

test('a plan of 5,000 units opens folded and stays quick', async () => {
  const phases = Array.from({ length: 10 }, (_, phase) => ({
    name: `Phase ${phase + 1}`,
    tasks: Array.from({ length: 500 }, (__, at) => ({
      id: `p${phase}u${at}`,
      title: `Unit ${at} of phase ${phase}`,
      ...(at > 0 ? { dependsOn: [`p${phase}u${at - 1}`] } : {}),
    })),
  }));
  const { plan } = await stage.daemon.post<{ plan: PlanRow }>('/plans', {
    text: JSON.stringify({ name: 'Large', phases }),
    source: 'large',
  });
  const view = await stage.open({ path: `/app/plans/${plan.id}` });
  const { page } = view;
  await page.getByRole('button', { name: '1. Phase 1', exact: true }).click();
  await page.getByText('Unit 99 of phase 0').waitFor();
  expect(await page.locator('.plan-unit').count()).toBeLessThan(200);
  const begun = Date.now();
  await page.getByRole('tab', { name: 'Graph' }).click();
  await page.locator('.graph-node').nth(9).waitFor();
  expect(await page.locator('.graph-node').count()).toBe(10);
  expect(Date.now() - begun).toBeLessThan(10_000);
  await page.getByRole('button', { name: 'Whole plan' }).click();
  await shots(view, 'plan-large');
}, 120_000);

test('on a phone nothing runs out of the side', async () => {
  const view = await stage.open({ kind: 'phone', path: '/app/plans' });
  const { page } = view;
  await page.getByRole('link', { name: 'sample' }).waitFor();
  await shots(view, 'plans');
  await page.getByRole('link', { name: 'sample' }).click();
  await page.getByRole('tab', { name: /Units/ }).waitFor();
  expect(
    await page.evaluate(
      () =>
        document.documentElement.scrollWidth <= innerWidth &&
        document.getElementById('main')!.scrollWidth <= document.getElementById('main')!.clientWidth,
    ),
  ).toBe(true);
  await accessible(view);
  await shots(view, 'plan');
  const desk = await stage.open({ path: '/app/plans' });
  await desk.page.getByRole('link', { name: 'sample' }).waitFor();
  await accessible(desk);
  await shots(desk, 'plans');
});
