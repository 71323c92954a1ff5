import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useNeedsCount } from '../needs/count';
import { useCommands, type Command } from './commands';
import { ConnectionStrip } from './ConnectionStrip';
import { useFavicon } from './favicon';
import { pages } from './routes';
import { pageLeft, Toasts } from './toasts';
import './shell.css';

// Fetched when they are opened for the first time: the board is there before anybody wants them.
const Palette = lazy(async () => ({ default: (await import('./Palette')).Palette }));
const KeyOverview = lazy(async () => ({ default: (await import('./KeyOverview')).KeyOverview }));

const named = pages.filter((page) => page.nav);

/** What is around every page: ways to go, what waits, whether the view is live. On a phone the ways are a bar at the bottom. */
export function Shell({ children }: { children: ReactNode }) {
  const [path, go] = useLocation();
  const needs = useNeedsCount();
  const [palette, setPalette] = useState(false);
  const [keys, setKeys] = useState(false);
  useFavicon(needs);
  const commands = useMemo<Command[]>(
    () => [
      { id: 'app.palette', title: 'All commands', group: 'App', keys: 'mod+k', whileTyping: true, run: () => setPalette(true) },
      { id: 'app.keys', title: 'Keys', group: 'App', keys: '?', run: () => setKeys(true) },
      ...named.map((page) => ({
        id: `go.${page.path}`,
        title: `Go to ${page.title}`,
        group: 'Go to',
        keys: `g ${page.nav!.key}`,
        run: () => go(page.path),
      })),
    ],
    [go],
  );
  useCommands(commands);
  // Who came by a key or a link reads from the top of the page.
  useEffect(() => {
    pageLeft();
    document.getElementById('main')?.scrollTo(0, 0);
  }, [path]);
  const isHere = (to: string): boolean => (to === '/' ? path === '/' : path.startsWith(to));
  return (
    <div className="shell">
      <a className="skip" href="#main">
        To the content
      </a>
      <nav className="shell-nav" aria-label="Pages">
        {named.map((page) => (
          <Link key={page.path} href={page.path} className="shell-link" aria-current={isHere(page.path) ? 'page' : undefined}>
            <span aria-hidden="true" className="shell-sign">
              {page.nav!.sign}
            </span>
            <span className="shell-name">{page.title}</span>
            {page.path === '/app/needs' && needs > 0 && (
              <span className="shell-count" aria-label={`${needs} waiting`}>
                {needs}
              </span>
            )}
          </Link>
        ))}
        <span className="grow" />
        <button type="button" className="shell-link shell-more" onClick={() => setPalette(true)}>
          <span aria-hidden="true" className="shell-sign">
            ⌕
          </span>
          <span className="shell-name">Commands</span>
        </button>
        <button type="button" className="shell-link shell-keys" onClick={() => setKeys(true)}>
          <span aria-hidden="true" className="shell-sign">
            ?
          </span>
          <span className="shell-name">Keys</span>
        </button>
      </nav>
      <div className="shell-body">
        <ConnectionStrip />
        <main id="main" className="shell-main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <Suspense fallback={null}>
        {palette && <Palette open onOpenChange={setPalette} />}
        {keys && <KeyOverview open onOpenChange={setKeys} />}
      </Suspense>
      <Toasts />
    </div>
  );
}
