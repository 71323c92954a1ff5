import { useSyncExternalStore } from 'react';
import type { StoreEvent } from './types';

/** Whether the view is live. `lost` says since when nothing came. */
export interface Connection {
  state: 'connecting' | 'live' | 'lost';
  /** When the last event or the opening of the stream was seen, in ms since 1970. */
  lastAt: number;
  /** It was live at some time: without a session it never is. */
  wasLive: boolean;
}

type Listener = (events: readonly StoreEvent[]) => void;

/** Events are handed on together, at most so often: a burst costs one pass over the caches. */
const batchMs = 100;
const firstRetryMs = 500;
const longestRetryMs = 5_000;

/**
 * The one stream of the whole app: server-sent events of the store, by cursor. Opened before anything is read, so that nothing falls
 * between a read and the stream. After a gap everybody is told to read anew (`onGap`): the view then equals a fresh load.
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
      const ended = this.subscribe(() => {
        if (this.connection.state === 'connecting') return;
        ended();
        resolve();
      });
      this.open();
    });
  }

  private open(): void {
    const source = new EventSource(`/stream?after=${this.cursor}`);
    this.source = source;
    source.onopen = () => {
      this.retryMs = firstRetryMs;
      const isReturn = this.connection.wasLive;
      this.say({ state: 'live', lastAt: Date.now(), wasLive: true });
      if (isReturn) this.gapListeners.forEach((listener) => listener());
    };
    source.onmessage = (message: MessageEvent<string>) => {
      this.cursor = message.lastEventId || this.cursor;
      this.waiting.push(JSON.parse(message.data) as StoreEvent);
      this.timer ??= setTimeout(() => this.flush(), batchMs);
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
    setTimeout(() => this.open(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }

  private flush(): void {
    this.timer = null;
    const events = this.waiting;
    this.waiting = [];
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
