import { getJson, withQuery } from '../api/http';
import { stream } from '../api/stream';
import type { StoreEvent } from '../api/types';

interface EventPage {
  events: StoreEvent[];
  next_cursor: string;
  prev_cursor: string | null;
}

/** What is known of a history: read from its end, followed live, earlier pages on demand. */
export interface History {
  /** Oldest first, without gaps. */
  events: readonly StoreEvent[];
  hasEarlier: boolean;
  isLoading: boolean;
  error: unknown;
  /** Grows when events were put before the others: what was derived from them is made anew. */
  rebuilt: number;
}

const pageSize = 300;
/** More events are not kept while following: the oldest go, and can be read again. */
const mostKept = 6_000;
const keptAfterTrim = 4_000;

/** Whether an event is of these types: exact, or a family like `run.*`; all when none are named. */
export const fits = (types: readonly string[], type: string): boolean =>
  types.length === 0
    ? type !== 'backend.event'
    : types.some((one) => (one.endsWith('.*') ? type.startsWith(one.slice(0, -1)) : one === type));

/**
 * The events of one run, of some types or all. The listener is there before the first page is read, so nothing falls between; after a gap
 * of the stream it reads on from the last cursor it has.
 */
export class RunHistory {
  private state: History = { events: [], hasEarlier: false, isLoading: true, error: null, rebuilt: 0 };
  private readonly watchers = new Set<() => void>();
  private early: StoreEvent[] | null = [];
  private cursor = '';
  private prev: string | null = null;
  private ends: (() => void)[] = [];
  /** Every start has a number: answers to one that was ended are not taken. */
  private session = 0;

  constructor(
    private readonly runId: string,
    private readonly types: readonly string[] = [],
  ) {}

  readonly snapshot = (): History => this.state;

  /** For useSyncExternalStore: reads and follows as long as somebody watches. */
  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    if (this.watchers.size === 1) this.start();
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size === 0) this.stop();
    };
  };

  /** Reads the page before the first event. */
  readonly loadEarlier = async (): Promise<void> => {
    if (this.prev === null || this.state.isLoading) return;
    const mine = this.session;
    this.set({ isLoading: true });
    try {
      const page = await this.page({ before: this.prev });
      if (mine !== this.session) return;
      this.prev = page.prev_cursor;
      this.set({
        events: [...page.events, ...this.state.events],
        hasEarlier: this.prev !== null,
        isLoading: false,
        error: null,
        rebuilt: this.state.rebuilt + 1,
      });
    } catch (error) {
      if (mine === this.session) this.set({ isLoading: false, error });
    }
  };

  readonly retry = (): void => {
    this.stop();
    this.start();
  };

  private start(): void {
    this.session++;
    this.early = [];
    this.ends = [stream.onEvents((events) => this.live(events)), stream.onGap(() => void this.catchUp())];
    void this.first(this.session);
  }

  private stop(): void {
    this.ends.forEach((end) => end());
    this.ends = [];
    this.session++;
  }

  private async first(mine: number): Promise<void> {
    this.set({ isLoading: true, error: null });
    try {
      const page = await this.page({ before: 'latest' });
      if (mine !== this.session) return;
      this.cursor = page.next_cursor;
      this.prev = page.prev_cursor;
      const waiting = this.early ?? [];
      this.early = null;
      this.set({ events: page.events, hasEarlier: this.prev !== null, isLoading: false, rebuilt: this.state.rebuilt + 1 });
      this.add(waiting);
    } catch (error) {
      if (mine === this.session) this.set({ isLoading: false, error });
    }
  }

  private live(events: readonly StoreEvent[]): void {
    const own = events.filter((event) => event.run_id === this.runId && fits(this.types, event.event_type));
    if (this.early) this.early.push(...own);
    else this.add(own);
  }

  private add(events: readonly StoreEvent[]): void {
    const news = events.filter((event) => Number(event.cursor) > Number(this.cursor));
    if (news.length === 0) return;
    this.cursor = news.at(-1)!.cursor;
    let all = [...this.state.events, ...news];
    let { rebuilt, hasEarlier } = this.state;
    if (all.length > mostKept) {
      all = all.slice(-keptAfterTrim);
      this.prev = all[0]!.cursor;
      hasEarlier = true;
      rebuilt++;
    }
    this.set({ events: all, hasEarlier, rebuilt });
  }

  // The stream was away: what came meanwhile is read page by page.
  private async catchUp(): Promise<void> {
    if (this.early) return this.retry();
    const mine = this.session;
    this.early = [];
    try {
      for (;;) {
        const page = await this.page({ cursor: this.cursor });
        if (mine !== this.session) return;
        this.add(page.events);
        this.cursor = String(Math.max(Number(page.next_cursor), Number(this.cursor)));
        if (page.events.length < pageSize) break;
      }
      const waiting: StoreEvent[] = this.early;
      this.early = null;
      this.add(waiting);
    } catch {
      if (mine === this.session) this.retry();
    }
  }

  private page(part: { before?: string; cursor?: string }): Promise<EventPage> {
    return getJson<EventPage>(withQuery('/events', { run_id: this.runId, types: this.types.join(','), limit: pageSize, ...part }));
  }

  private set(change: Partial<History>): void {
    this.state = { ...this.state, ...change };
    this.watchers.forEach((watcher) => watcher());
  }
}
