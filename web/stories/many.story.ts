import { expect, test } from 'vitest';
import { setStage } from './support/stage';

const stage = setStage({ autoRun: false });
const many = 1_000;

/** Frames of a page while something in it is scrolled to its end and back, or while nothing happens. */
const frames = ({ selector, steps }: { selector: string | null; steps: number }): Promise<number[]> =>
  // Runs in the page.
  new Promise((done) => {
    const box = selector === null ? null : document.querySelector<HTMLElement>(selector)!;
    const times: number[] = [];
    let before = performance.now();
    const next = (now: number): void => {
      times.push(now - before);
      before = now;
      const at = times.length <= steps / 2 ? times.length : steps - times.length;
      if (box) box.scrollTop = ((box.scrollHeight - box.clientHeight) / (steps / 2)) * at;
      if (times.length < steps) requestAnimationFrame(next);
      else done(times.slice(2).toSorted((one, other) => one - other));
    };
    requestAnimationFrame(next);
  });

test('a board of 1,000 cards scrolls, searches and moves as one of ten does', async () => {
  const titles = Array.from({ length: many }, (_, at) => `Part ${at + 1} of many that somebody wrote down`);
  for (let at = 0; at < many; at += 50)
    await Promise.all(titles.slice(at, at + 50).map((title) => stage.daemon.add({ title, labels: ['many'], writes: ['src/**'] })));
  const { page } = await stage.open();
  const inbox = page.locator('[data-column=inbox]');
  await inbox.getByText(titles.at(-1)!).or(inbox.getByText(titles[0]!)).first().waitFor();
  expect(await page.locator('.card').count()).toBeLessThan(120);

  const still = await page.evaluate(frames, { selector: null, steps: 120 });
  const moving = await page.evaluate(frames, { selector: '[data-column=inbox] .column-scroll', steps: 240 });
  const middle = (times: number[]): number => times[Math.floor(times.length / 2)]!;
  const late = (times: number[]): number => times[Math.floor(times.length * 0.95)]!;
  console.info(
    `1,000 cards: frames at rest ${middle(still).toFixed(1)} ms (p95 ${late(still).toFixed(1)}), while all of them are scrolled through ` +
      `${middle(moving).toFixed(1)} ms (p95 ${late(moving).toFixed(1)}, longest ${moving.at(-1)!.toFixed(0)})`,
  );
  expect(middle(moving)).toBeLessThan(Math.max(3 * middle(still), 50));
  await page.keyboard.press('/');
  await page.keyboard.type('Part 777 ');
  await page.getByRole('article', { name: titles[776]!, exact: true }).waitFor();
  await page.getByText(new RegExp(`^\\d of ${many}$`)).waitFor();
});
