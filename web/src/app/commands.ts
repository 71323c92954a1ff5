import { useLayoutEffect, useSyncExternalStore } from 'react';

/** Something a person can do now: by a key, in the palette, in the overview of keys. */
export interface Command {
  /** Stable name, e.g. `board.new-item`. */
  id: string;
  title: string;
  /** Heading in the palette and in the overview of keys. */
  group: string;
  /** `c`, `shift+j`, `mod+k` (Ctrl, on a Mac Cmd), or a sequence within half a second: `g b`. */
  keys?: string;
  /** Other keys for the same, e.g. the arrow beside `j`. Not shown in the overview. */
  also?: readonly string[];
  run: () => void;
  /** Works also while typing in a field (for combinations with mod or Escape). */
  whileTyping?: boolean;
}

const registered: Command[][] = [];
let all: readonly Command[] = [];
const watchers = new Set<() => void>();

function changed(): void {
  // The page on top comes last and wins: its commands hide equal keys of the pages below it.
  all = registered.flat();
  watchers.forEach((watcher) => watcher());
}

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

/** Every command that works now, in the order of registration. */
export const useAllCommands = (): readonly Command[] => useSyncExternalStore(subscribe, () => all);

/** Offers commands as long as the component is shown. Memoize the list. */
export function useCommands(commands: Command[]): void {
  // Before the page is painted: a key holds as soon as its button is seen.
  useLayoutEffect(() => {
    registered.push(commands);
    changed();
    return () => {
      registered.splice(registered.indexOf(commands), 1);
      changed();
    };
  }, [commands]);
}

const sequenceMs = 500;
let before = { key: '', at: 0 };

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** The key as commands write it: `mod+k`, `shift+j`, `?`, `escape`. */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.toLowerCase();
  // Of signs the shift is part of the sign: ? is not shift+/.
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key));
  return [mod ? 'mod' : '', event.altKey ? 'alt' : '', shift ? 'shift' : '', key === ' ' ? 'space' : key].filter(Boolean).join('+');
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** In a dialog or an open menu the keys are its own. */
const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('[role="dialog"], [role="menu"], [role="listbox"], .xterm') !== null;

/** Enter and space belong to a button or link that has the focus. */
const isPressing = (target: EventTarget | null, name: string): boolean =>
  (name === 'enter' || name === 'space') && target instanceof HTMLElement && target.closest('button, a[href], summary, label') !== null;

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
  const name = nameOf(event);
  const now = Date.now();
  const pair = now - before.at < sequenceMs ? `${before.key} ${name}` : '';
  const fits = (command: Command): boolean => command.keys === name || (command.also?.includes(name) ?? false);
  const found = all.findLast((command) => command.keys === pair && pair !== '') ?? all.findLast(fits);
  before = { key: name, at: now };
  if (!found) return;
  if (isPressing(event.target, name)) return;
  if ((isTyping(event.target) || isElsewhere(event.target)) && !found.whileTyping) return;
  event.preventDefault();
  before = { key: '', at: 0 };
  found.run();
}

/** Listens for keys as long as the app is there. */
export const listenForKeys = (): (() => void) => {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
};

/** `mod+k` as people read it: `Ctrl K`, `⌘ K`. */
export const keysForPeople = (keys: string): string[] =>
  keys.split(/[ +]/).map(
    (part) =>
      ({
        mod: isMac ? '⌘' : 'Ctrl',
        shift: '⇧',
        alt: 'Alt',
        escape: 'Esc',
        enter: '⏎',
        space: 'Space',
        arrowup: '↑',
        arrowdown: '↓',
        arrowleft: '←',
        arrowright: '→',
      })[part] ?? part,
  );
