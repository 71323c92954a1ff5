// node bench/board.mjs load|frames|log LINK [PATH [OTHER]]: measures the board in a real browser, and prints one line of JSON.
// LINK is a one-time link (agentctl open --print). PATH: of the run's page for `log`; OTHER: of a run's with a short log.
import { chromium } from 'playwright-core';
import { quiet } from '../stories/support/quiet.mjs';

const [what, link, path = '/', other = '/'] = process.argv.slice(2);
const origin = new URL(link).origin;
const framesMs = 10_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: quiet,
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });

/** Milliseconds from the start of the navigation until an element is there, as the page's own clock has it. */
async function until(page, address, selector) {
  await page.addInitScript((wanted) => {
    const look = () => {
      if (!document.querySelector(wanted)) return false;
      requestAnimationFrame(() => {
        window.readyAt = performance.now();
      });
      return true;
    };
    const watcher = new MutationObserver(() => look() && watcher.disconnect());
    watcher.observe(document, { childList: true, subtree: true });
  }, selector);
  await page.goto(address);
  await page.waitForFunction(() => window.readyAt !== undefined, undefined, { timeout: 120_000, polling: 50 });
  return page.evaluate(() => window.readyAt);
}

/** The middle of several openings, each in a page of its own: one alone says more about what else the machine did. */
async function opened(address, selector) {
  const times = [];
  for (let at = 0; at < 5; at++) {
    const page = await context.newPage();
    times.push(await until(page, address, selector));
    await page.close();
  }
  return times.sort((one, other) => one - other)[2];
}

async function load() {
  const first = await until(await context.newPage(), link, '[data-card]');
  const page = await context.newPage();
  await until(page, `${origin}/`, '[data-card]');
  const seen = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    cards: Number(document.querySelector('[data-column=inbox] [aria-setsize]')?.getAttribute('aria-setsize') ?? 0),
    names: performance
      .getEntriesByType('resource')
      .map((entry) => new URL(entry.name).pathname)
      .filter((name) => name.startsWith('/assets/')),
  }));
  // The same shell without a board in it, in the same browser.
  const shell = await opened(`${origin}/app/nothing`, 'h1');
  const again = await opened(`${origin}/`, '[data-card]');
  const sizes = await Promise.all(
    [...new Set(seen.names)].map(async (name) => {
      const head = await fetch(`${origin}${name}`, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
      return Number(head.headers.get('content-length'));
    }),
  );
  return {
    first_ms: first,
    again_ms: again,
    paint_ms: seen.paint,
    inbox: seen.cards,
    shell_ms: shell,
    gzip_bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function frames() {
  const page = await context.newPage();
  await until(page, link, '[data-card]');
  const devtools = await context.newCDPSession(page);
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize;
  };
  const gaps = () =>
    page.evaluate(
      (ms) =>
        new Promise((done) => {
          const all = [];
          const begun = performance.now();
          let before = begun;
          const next = (now) => {
            all.push(now - before);
            before = now;
            if (now - begun < ms) requestAnimationFrame(next);
            else done({ longest: Math.max(...all.slice(1)), over: all.filter((gap) => gap > 100).length, count: all.length });
          };
          requestAnimationFrame(next);
        }),
      framesMs,
    );
  // A page that shows nothing, with the same machine under the same load.
  const blank = await (
    await context.newPage()
  ).evaluate(
    (ms) =>
      new Promise((done) => {
        let [before, longest] = [performance.now(), 0];
        const begun = before;
        const next = (now) => {
          longest = Math.max(longest, now - before);
          before = now;
          if (now - begun < ms) requestAnimationFrame(next);
          else done(longest);
        };
        requestAnimationFrame(next);
      }),
    framesMs / 2,
  );
  await page.bringToFront();
  await gaps();
  const at = await heap();
  const seen = await gaps();
  await gaps();
  const grown = (await heap()) - at;
  return { longest_ms: seen.longest, over_100: seen.over, frames: seen.count, blank_ms: blank, heap_mb: at / 1e6, grown_mb: grown / 1e6 };
}

async function log() {
  const page = await context.newPage();
  await page.goto(link);
  // The first one of all has the code read and compiled.
  const first = await context.newPage();
  await until(first, `${origin}${path}`, '.log-line');
  // The same page with as good as nothing on it, in the same browser: what the lines cost is what lies between them.
  const short_ms = await opened(`${origin}${other}`, '.log-line');
  const log_ms = await opened(`${origin}${path}`, '.log-line');
  return {
    short_ms,
    log_ms,
    lines: await first.locator('.log-foot').textContent(),
  };
}

console.log(JSON.stringify(await { load, frames, log }[what]()));
await browser.close();
