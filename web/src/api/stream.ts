import { useSyncExternalStore } from 'react';
import { TabGroup } from './tabs';
import type { StoreEvent } from './types';

/** Whether the view is live. `lost` says since when nothing came. */
export interface Connection {
  state: 'connecting' | 'live' | 'lost';
  /** When the last event or the opening of the stream was seen, in ms since 1970. */
  lastAt: number;
  /** It was live at some time: without a session it never is. */
  wasLive: boolean;
}

/** What the tab that has the stream tells the others. */
type Told = { kind: 'events'; events: StoreEvent[]; cursor: string } | { kind: 'state'; connection: Connection; gap: boolean };

type Listener = (events: readonly StoreEvent[]) => void;

/** Events are handed on together, at most so often: a burst costs one pass over the caches. */
const batchMs = 100;
const firstRetryMs = 500;
const longestRetryMs = 5_000;

/** A tab that has the stream answers at once; one that does not answer in this time has just gone, and its place is free. */
const patienceMs = 2_000;

/**
 * The one stream of the whole app: server-sent events of the store, by cursor. Opened before anything is read, so that nothing falls
 * between a read and the stream. After a gap everybody is told to read anew (`onGap`): the view then equals a fresh load.
 * Of several tabs one has it and tells the others: browsers allow six connections to one address over all tabs.
 */
class EventStream {
  private source: EventSource | null = null;
  private cursor = 'latest';
  private retryMs = firstRetryMs;
  private waiting: StoreEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly listeners = new Set<Listener>();
  private readonly gapListeners = new Set<() => void>();
  private readonly watchers = new Set<() => void>();
  private connection: Connection = { state: 'connecting', lastAt: Date.now(), wasLive: false };
  private readonly tabs = new TabGroup<Told>('agent-orchestrator-stream');

  /** Events after the opening, in order, in batches. Returns what ends it. */
  onEvents(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Called when events may have been missed. */
  onGap(listener: () => void): () => void {
    this.gapListeners.add(listener);
    return () => this.gapListeners.delete(listener);
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly snapshot = (): Connection => this.connection;

  /** Resolves when the stream is open for the first time, or cannot be opened: reading may begin. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      const begin = (): void => {
        clearTimeout(patience);
        ended();
        resolve();
      };
      const patience = setTimeout(begin, patienceMs);
      const ended = this.subscribe(() => {
        if (this.connection.state !== 'connecting') begin();
      });
      this.tabs.join({
        lead: () => this.open(),
        hear: (told) => this.hear(told),
        // A new tab is told how things stand.
        greet: () => this.tabs.tell({ kind: 'state', connection: this.connection, gap: false }),
      });
    });
  }

  private hear(told: Told): void {
    if (told.kind === 'events') {
      this.cursor = told.cursor;
      this.handOn(told.events);
      return;
    }
    this.say(told.connection);
    if (told.gap) this.gapListeners.forEach((listener) => listener());
  }

  private open(): void {
    const source = new EventSource(`/stream?after=${this.cursor}`);
    this.source = source;
    source.onopen = () => {
      this.retryMs = firstRetryMs;
      const gap = this.connection.wasLive;
      this.say({ state: 'live', lastAt: Date.now(), wasLive: true });
      this.tabs.tell({ kind: 'state', connection: this.connection, gap });
      if (gap) this.gapListeners.forEach((listener) => listener());
    };
    source.onmessage = (message: MessageEvent<string>) => {
      this.cursor = message.lastEventId || this.cursor;
      this.waiting.push(JSON.parse(message.data) as StoreEvent);
      // Timers of a tab in the background run once a second; who listens in the front must not wait for them.
      if (document.hidden) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), batchMs);
    };
    source.addEventListener('reset', () => {
      this.cursor = 'latest';
      this.again(source);
    });
    source.onerror = () => this.again(source);
  }

  // EventSource's own retry gives up on an HTTP error and keeps no more than its last id; this one does neither.
  private again(source: EventSource): void {
    if (this.source !== source) return;
    source.close();
    this.source = null;
    this.say({ ...this.connection, state: 'lost' });
    this.tabs.tell({ kind: 'state', connection: this.connection, gap: false });
    setTimeout(() => this.open(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const events = this.waiting;
    this.waiting = [];
    this.tabs.tell({ kind: 'events', events, cursor: this.cursor });
    this.handOn(events);
  }

  private handOn(events: readonly StoreEvent[]): void {
    this.connection = { ...this.connection, lastAt: Date.now() };
    this.listeners.forEach((listener) => listener(events));
  }

  private say(connection: Connection): void {
    this.connection = connection;
    this.watchers.forEach((watcher) => watcher());
  }
}

export const stream = new EventStream();

export const useConnection = (): Connection => useSyncExternalStore(stream.subscribe, stream.snapshot);
