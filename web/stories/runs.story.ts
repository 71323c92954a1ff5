import { expect, test } from 'vitest';
import type { Run } from '../src/api/types';
import { accessible } from './support/axe';
import { shots } from './support/shots';
import { setStage } from './support/stage';
import { until } from './support/until';

const stage = setStage({ deliver: false, config: 'reviews: {normal: 0, person_from: low}' });

const talk = [
  '!say ## How I go on\\n\\n1. read `greet.sh`\\n2. greet **several** people',
  '!tool sh test.sh',
  '!print \u001b[32mok\u001b[0m greet',
  '!print <img src=x onerror="document.title=1"> is text',
  '!lines 40',
  '!write docs/names.md Ada\\nAlan',
].join('\n');

test('a run is told as a conversation, and its other views show the same', async () => {
  const item = await stage.daemon.addReady({ title: 'Greet <b>several</b> people', description: `${talk}\n!wait first` });
  const run = await stage.daemon.runOf(item.id, 'running');
  const view = await stage.open({ path: `/app/runs/${run.id}` });
  const { page } = view;
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.getByText('<img src=x onerror="document.title=1"> is text', { exact: true }).waitFor();
  await conversation.getByText('line 40 of 40').waitFor();
  expect(await conversation.locator('img, script').count()).toBe(0);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Greet <b>several</b> people');
  await accessible(view);

  // It goes on live, and the end is in sight.
  await stage.daemon.post(`/sessions/${run.session_id}/messages`, { role: 'user', text: 'Thank you' });
  await page.getByText('1 message waits').waitFor();
  stage.daemon.release('first');
  await page.locator('.run-state').getByText('succeeded').waitFor();
  await conversation.getByText('Result: goal met').waitFor();

  await page.getByRole('tab', { name: /Changes/ }).click();
  await page.getByText('docs/names.md').first().waitFor();
  await accessible(view);
  await shots(view, 'run-changes');
  await page.getByRole('tab', { name: 'Raw events' }).click();
  await page.getByLabel('Types').selectOption('run.tool_call,run.tool_result');
  await page.getByText('run.tool_result').first().waitFor();
  expect(await page.locator('.events-row').getByText('run.output').count()).toBe(0);
  await page.locator('.events-row summary').first().click();
  await page.getByText('"event_type": "run.tool_result"').waitFor();
  await accessible(view);
  await shots(view, 'run-events');
  await page.getByRole('tab', { name: 'Conversation' }).click();
  await conversation.getByText('Result: goal met').waitFor();
  await shots(view, 'run');
});

test('a busy session is written to, and what waits is changed and taken back', async () => {
  const item = await stage.daemon.addReady({ title: 'A long task', description: '!say I begin\n!wait never' });
  const run = await stage.daemon.runOf(item.id, 'running');
  const view = await stage.open({ path: `/app/runs/${run.id}` });
  const { page } = view;
  await page.getByText('It goes into the running turn').waitFor();
  await page.keyboard.press('m');
  await page.keyboard.type('And write a test');
  await page.keyboard.press('Control+Enter');
  // This agent hears nothing in mid-turn.
  view.expect(/\b422\b/);
  await page.getByText('This agent hears nothing in mid-turn').waitFor();
  await page.getByText('1 message waits').waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Change the message').fill('And write two tests');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('And write two tests').first().waitFor();
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByText('This agent hears nothing in mid-turn. It can be stopped').waitFor();
  await accessible(view);
  await page.getByRole('button', { name: 'Let it wait' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('1 message waits').waitFor({ state: 'detached' });

  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('x');
  await page.getByRole('dialog', { name: 'Cancel this run?' }).waitFor();
  await accessible(view, '[role=dialog]');
  await page.keyboard.type('enough');
  await page.keyboard.press('Enter');
  await page.locator('.run-state').getByText('canceled').waitFor();
  expect((await stage.daemon.run(run.id)).status).toBe('canceled');
});

test('what waits is told now: into the turn, or instead of a run that hears nothing', async () => {
  const item = await stage.daemon.addReady({ title: 'Hear me', profile: 'talk', description: '!say I begin\n!hear' });
  const run = await stage.daemon.runOf(item.id, 'running');
  const view = await stage.open({ path: `/app/items/${item.id}` });
  const { page } = view;
  await page.getByLabel('What becomes of it').selectOption('After this run');
  await page.getByLabel('Message to the agent').fill('Use commas');
  await page.keyboard.press('Control+Enter');
  await page.getByText('1 message waits').waitFor();
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByText('Sent into the running turn').waitFor();
  await page.getByText('1 message waits').waitFor({ state: 'detached' });
  await page.goto(`${stage.daemon.url}/app/runs/${run.id}`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.getByText('I heard: Use commas').waitFor();
  expect(await conversation.getByText('Use commas', { exact: true }).count()).toBe(1);

  const deaf = await stage.daemon.addReady({ title: 'Deaf', description: '!say I begin\n!wait never' });
  const busy = await stage.daemon.runOf(deaf.id, 'running');
  await page.goto(`${stage.daemon.url}/app/runs/${busy.id}`);
  for (const text of ['!say later', '!say at once'])
    await stage.daemon.post(`/sessions/${busy.session_id}/messages`, { role: 'user', text, profile: 'plain' });
  await page.getByText('2 messages wait').waitFor();
  view.expect(/\b422\b/);
  await page.locator('.talk-queue > li', { hasText: 'at once' }).getByRole('button', { name: 'Send now' }).click();
  await page.getByRole('button', { name: 'Stop it and send' }).click();
  await page.locator('.run-state').getByText('canceled').waitFor();
  await until('both have been told', async () => {
    const { runs } = await stage.daemon.get<{ runs: Run[] }>(`/runs?session_id=${busy.session_id}`);
    return runs.every((one) => one.ended_at !== null) ? true : null;
  });
  const { runs } = await stage.daemon.get<{ runs: Run[] }>(`/runs?session_id=${busy.session_id}`);
  const inOrder = runs.filter((one) => one.id !== busy.id).toSorted((one, other) => (one.started_at! < other.started_at! ? -1 : 1));
  expect(inOrder.map((one) => one.prompt)).toEqual(['!say at once', '!say later']);
});

test('what a run asks is answered where it stands', async () => {
  const item = await stage.daemon.addReady({
    title: 'Ask first',
    profile: 'talk',
    description: '!run echo made > made.txt\n!ask Which separator?|comma|newline',
  });
  const run = await stage.daemon.runOf(item.id, 'waiting');
  const view = await stage.open({ path: `/app/runs/${run.id}` });
  const { page } = view;
  await page.getByText('echo made > made.txt').first().waitFor();
  await accessible(view);
  await shots(view, 'run-asks');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('button', { name: 'newline' }).click();
  await page.getByText('I was told: newline').waitFor();
  await page.locator('.run-state').getByText('succeeded').waitFor();

  const phone = await stage.open({ kind: 'phone', path: `/app/runs/${run.id}` });
  await phone.page.getByText('I was told: newline').waitFor();
  expect(await phone.page.evaluate(() => document.getElementById('main')!.scrollWidth <= window.innerWidth)).toBe(true);
  await accessible(phone);
  await shots(phone, 'run');
});

test('runs are found by filters that the address holds, and opened by keys', async () => {
  const view = await stage.open({ path: '/app/runs?status=canceled' });
  const { page } = view;
  await page.getByRole('link', { name: 'A long task' }).waitFor();
  expect(await page.getByRole('link', { name: 'Ask first' }).count()).toBe(0);
  await page.getByLabel('State').selectOption('');
  await page.getByRole('link', { name: 'Ask first' }).waitFor();
  await page.getByLabel('Profile').selectOption('talk');
  await page.getByRole('link', { name: 'A long task' }).waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?profile=talk');
  await page.getByLabel('Profile').selectOption('');
  await page.getByLabel('Project').selectOption('sample');
  await page.getByRole('link', { name: 'A long task' }).waitFor();
  await accessible(view);
  await shots(view, 'runs');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Conversation' }).waitFor();
  const phone = await stage.open({ kind: 'phone', path: '/app/runs' });
  await phone.page.getByRole('link', { name: 'A long task' }).waitFor();
  await accessible(phone);
  await shots(phone, 'runs');
});

test('a run that ended goes on with another profile', async () => {
  const first = (await stage.daemon.get<{ runs: Run[] }>('/runs?status=canceled')).runs.find((run) => run.started_at !== null);
  const view = await stage.open({ path: `/app/runs/${first!.id}` });
  const { page } = view;
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByLabel('Profile').selectOption('talk');
  await page.getByText('is another agent (claude)').waitFor();
  await page.getByLabel('What it is told').fill('!say I go on');
  await page.keyboard.press('Control+Enter');
  const next = await until(
    'a run follows',
    async () =>
      (await stage.daemon.get<{ runs: Run[] }>(`/runs?session_id=${first!.session_id}`)).runs.find((run) => run.profile === 'talk') ?? null,
  );
  await page.waitForURL(`**/app/runs/${next.id}`);
  await page.getByText('I go on').first().waitFor();
});
