import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { wordsOf } from '../api/http';
import { OutputReader } from './output';

/** Lines that can be scrolled back to: older ones are in the log. */
const scrollback = 10_000;
/** As many bytes as that holds at most. */
const tailBytes = 1_048_576;

const tokenOf = (name: string): string => {
  // A token may be light-dark(…): the colour that counts now is asked of an element.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

function theme(): Record<string, string> {
  const colours: Record<string, string> = {
    background: tokenOf('--surface'),
    foreground: tokenOf('--text'),
    cursor: tokenOf('--surface'),
    selectionBackground: tokenOf('--line-strong'),
  };
  names.forEach((name, at) => {
    colours[name] = tokenOf(`--ansi-${at}`);
    colours[`bright${name[0]!.toUpperCase()}${name.slice(1)}`] = tokenOf(`--ansi-${at + 8}`);
  });
  return colours;
}

/** A colour of the token sheet as #rrggbb, which the search wants. */
const hexOf = (name: string): string =>
  `#${(tokenOf(name).match(/\d+/g) ?? [])
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;

interface Opened {
  reader: OutputReader;
  search: SearchAddon;
  close: () => void;
}

/** Opens a terminal in a place and lets it show the end of a stream. Read-only: nothing typed goes anywhere. */
function openTerminal(place: HTMLElement, runId: string, stream: 'stdout' | 'stderr', onError: (error: unknown) => void): Opened {
  const terminal = new Terminal({
    disableStdin: true,
    convertEol: true,
    scrollback,
    fontSize: 12,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    theme: theme(),
    cursorInactiveStyle: 'none',
    minimumContrastRatio: 4.5,
    allowProposedApi: true,
    // Links in output would be followed by a click: text stays text.
    linkHandler: { activate: () => undefined },
  });
  const [fit, search] = [new FitAddon(), new SearchAddon()];
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.open(place);
  // Tab goes on to what comes next, as everywhere.
  terminal.attachCustomKeyEventHandler((event) => event.key !== 'Tab' && event.key !== 'Escape');
  const observer = new ResizeObserver(() => fit.fit());
  observer.observe(place);
  const endThemes = onTheme(() => {
    terminal.options.theme = theme();
  });
  const reader = new OutputReader(
    runId,
    stream,
    tailBytes,
    (bytes) => terminal.write(bytes),
    (state) => onError(state.error),
  );
  const close = (): void => {
    reader.stop();
    observer.disconnect();
    endThemes();
    terminal.dispose();
  };
  return { reader, search, close };
}

/** Its colours are painted once: another theme is told to it. */
function onTheme(changed: () => void): () => void {
  const themes = new MutationObserver(changed);
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  return () => {
    themes.disconnect();
    dark.removeEventListener('change', changed);
  };
}

/** The end of the output as a terminal shows it, read-only and live. */
export default function TerminalView({
  runId,
  stream,
  live,
  children,
}: {
  runId: string;
  stream: 'stdout' | 'stderr';
  live: boolean;
  children: ReactNode;
}) {
  const place = useRef<HTMLDivElement>(null);
  const search = useRef<SearchAddon | null>(null);
  const own = useRef<OutputReader | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const opened = openTerminal(place.current!, runId, stream, setError);
    search.current = opened.search;
    own.current = opened.reader;
    opened.reader.start(live);
    return opened.close;
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [runId, stream]);
  useEffect(() => {
    if (own.current) own.current.live = live;
  }, [live]);
  const [words, setWords] = useState('');
  const go = (back: boolean): void => {
    const options = {
      decorations: {
        matchOverviewRuler: hexOf('--line-strong'),
        activeMatchColorOverviewRuler: hexOf('--warn'),
        matchBackground: hexOf('--marked'),
        activeMatchBackground: hexOf('--marked-now'),
      },
    };
    if (back) search.current?.findPrevious(words, options);
    else search.current?.findNext(words, options);
  };
  return (
    <div className="terminal-view">
      <div className="row log-bar">
        {children}
        <span className="row log-search" role="search">
          <input
            type="search"
            className="input"
            aria-label="Search the terminal"
            placeholder="Search"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') {
                event.preventDefault();
                go(event.shiftKey);
              }
            }}
          />
          {words && (
            <>
              <button type="button" className="icon-button" aria-label="Previous" onClick={() => go(true)}>
                ↑
              </button>
              <button type="button" className="icon-button" aria-label="Next" onClick={() => go(false)}>
                ↓
              </button>
            </>
          )}
        </span>
      </div>
      {error !== null && (
        <p role="alert" className="note state-bad">
          {wordsOf(error)}
        </p>
      )}
      <div ref={place} className="terminal-place" role="region" aria-label="Terminal, read-only; the log has the same text" />
    </div>
  );
}
