import { expect, test } from 'vitest';
import { cardOf, columnOf, sameBoards } from './support/cards';
import { setStage } from './support/stage';

const stage = setStage({ verify: false });

test('what is done in one browser is seen in the other, whoever does it', async () => {
  await stage.daemon.add({ title: 'What is there already' });
  const [one, other] = await Promise.all([stage.open(), stage.open({ theme: 'dark' })]);
  await columnOf(one.page, 'Inbox').getByLabel('Add to Inbox').fill('Seen by both');
  await one.page.keyboard.press('Enter');
  await cardOf(other.page, 'Seen by both').waitFor();
  // A program does something, too.
  const added = await stage.daemon.add({
    title: 'From outside',
    description: '!say I am at work.\n!wait outside\n!write outside.txt here',
  });
  await Promise.all([one, other].map((view) => cardOf(view.page, 'From outside').waitFor()));
  await cardOf(other.page, 'From outside').focus();
  await other.page.keyboard.press('r');
  await Promise.all([one, other].map((view) => columnOf(view.page, 'In flight').getByRole('article', { name: 'From outside' }).waitFor()));
  await Promise.all([one, other].map((view) => view.page.getByText('I am at work.').first().waitFor()));
  stage.daemon.release('outside');
  await stage.daemon.reaches(added.id, 'review');
  await Promise.all([one, other].map((view) => columnOf(view.page, 'Review').getByRole('article', { name: 'From outside' }).waitFor()));
  await sameBoards(one.page, other.page);
});

test('a daemon that was killed and comes back is seen as if the page were loaded anew', async () => {
  const during = await stage.daemon.add({
    title: 'At work meanwhile',
    description: '!say Before the fall.\n!wait fall\n!write fall.txt here',
  });
  const view = await stage.open();
  view.expect(/ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|NETWORK_CHANGED)|\b401\b|\b503\b/);
  await stage.daemon.post(`/items/${during.id}/ready`);
  await columnOf(view.page, 'In flight').getByRole('article', { name: 'At work meanwhile' }).waitFor();
  await stage.daemon.runOf(during.id, 'running');

  await stage.daemon.kill();
  await view.page.getByText('Connection lost').waitFor();
  // What is seen stays.
  expect(await cardOf(view.page, 'At work meanwhile').isVisible()).toBe(true);
  // It goes on while nobody watches.
  stage.daemon.release('fall');
  await stage.daemon.restart();
  await stage.daemon.reaches(during.id, 'review');
  await stage.daemon.add({ title: 'Added after the fall' });

  await cardOf(view.page, 'Added after the fall').waitFor();
  await view.page.getByText('Connection lost').waitFor({ state: 'detached' });
  await columnOf(view.page, 'Review').getByRole('article', { name: 'At work meanwhile' }).waitFor();
  const fresh = await stage.open();
  await cardOf(fresh.page, 'Added after the fall').waitFor();
  const shown = await sameBoards(view.page, fresh.page);
  expect(shown.length).toBeGreaterThan(6);
  expect(await view.page.title()).toBe(await fresh.page.title());
});
