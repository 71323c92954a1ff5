import { chromium, type Browser as Chromium, type BrowserContext, type Page } from 'playwright-core';
import type { Daemon } from './daemon';
import { quiet } from './quiet.mjs';

export type Kind = 'desk' | 'phone';
export type Theme = 'light' | 'dark';

const size: Record<Kind, { width: number; height: number }> = { desk: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } };

const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Longer than a page takes beside other tests on a slow machine. */
const patienceMs = 30_000;

export interface ViewOptions {
  kind?: Kind;
  theme?: Theme;
  /** Without a session: as somebody who was not let in. */
  stranger?: boolean;
  /** Where to go first; the board without it. */
  path?: string;
}

/** One browser with one page, its session apart from others'. What it says that it should not is kept for {@link View.check}. */
export class View {
  /** Problems that a story expects. */
  private readonly expected: RegExp[] = [];
  private readonly problems: string[] = [];

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly kind: Kind,
    private readonly daemon: Daemon,
  ) {}

  static async open(browser: Chromium, daemon: Daemon, options: ViewOptions = {}): Promise<View> {
    const kind = options.kind ?? 'desk';
    const context = await browser.newContext({
      viewport: size[kind],
      colorScheme: options.theme ?? 'light',
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
      ...(kind === 'phone' ? { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } : {}),
    });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const view = new View(page, context, kind, daemon);
    await view.listen();
    // The link is followed beside the page: it is loaded once, where the story begins.
    if (!options.stranger) await context.request.get(await daemon.link(), { maxRedirects: 0 });
    await page.goto(daemon.url + (options.path ?? '/'));
    return view;
  }

  /** A problem of this kind is what the story is about, e.g. a daemon that is gone. */
  expect(problem: RegExp): void {
    this.expected.push(problem);
  }

  /** Goes there within the app, by its address. */
  async go(path: string): Promise<void> {
    await this.page.goto(this.daemon.url + path);
  }

  /** Fails with every error of the console, every refusal of the content policy and every request to somewhere else. */
  check(): void {
    const left = this.problems.filter((problem) => !this.expected.some((known) => known.test(problem)));
    if (left.length > 0) throw new Error(`The browser was not content:\n${left.join('\n')}`);
  }

  private async listen(): Promise<void> {
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    this.page.on('pageerror', (error) => this.problems.push(`not caught: ${error.stack ?? error.message}`));
    this.context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && origin !== this.daemon.url) this.problems.push(`request to another place: ${request.url()}`);
    });
    await this.page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`content policy: ${event.violatedDirective} refuses ${event.blockedURI} ${event.sample}`),
      );
    });
  }
}

let shared: Promise<Chromium> | null = null;

/** The browser, without a window and without a past: one for all stories of this process, each with sessions of its own. Ends with it. */
export const theBrowser = (): Promise<Chromium> => (shared ??= chromium.launch({ executablePath: program, headless: true, args: quiet }));
