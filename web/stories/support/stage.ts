import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Browser } from 'playwright-core';
import { theBrowser, View, type ViewOptions } from './browser';
import { Daemon, type DaemonOptions } from './daemon';
import { failure } from './shots';

/** What a story plays on: a daemon of its own for the whole file, and the browser. */
export interface Stage {
  readonly daemon: Daemon;
  /** Opens a page with a session of its own; closed at the end of the test, when the browser must have been content. */
  open(options?: ViewOptions): Promise<View>;
}

/** Sets the stage of a story file. Called once, at its top. */
export function setStage(options: DaemonOptions = {}): Stage {
  let daemon: Daemon;
  let browser: Browser;
  let views: View[] = [];
  beforeAll(async () => {
    [daemon, browser] = await Promise.all([Daemon.start(options), theBrowser()]);
  });
  afterEach(async ({ task }) => {
    const all = views;
    views = [];
    // What a failed story looked at last.
    if (task.result?.state === 'fail')
      await Promise.all(all.map((view, at) => failure(view, `${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}-${at + 1}`)));
    await Promise.all(all.map((view) => view.context.close()));
    all.forEach((view) => view.check());
  });
  afterAll(async () => {
    await daemon?.stop();
  });
  return {
    get daemon() {
      return daemon;
    },
    async open(options) {
      const view = await View.open(browser, daemon, options);
      views.push(view);
      return view;
    },
  };
}
