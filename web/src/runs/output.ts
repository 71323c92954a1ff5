import { getRaw } from '../api/http';
import { stream } from '../api/stream';

/** The most bytes of one answer (docs/api-contract.md). */
const pageBytes = 1_048_576;
/** Pages asked for at once. */
const atOnce = 6;
/** While it runs, looked at so often even when no event tells of output. */
const lookMs = 2_000;
const pauseMs = 250;

interface Piece {
  bytes: Uint8Array;
  next: number;
  length: number;
  /** Bytes that were not kept, as `first-last`; null when all were. */
  hole: string | null;
}

/** Takes what an agent wrote, in order. `at`: when it came, ms since 1970; 0 for what was there before. */
export type Taker = (bytes: Uint8Array, at: number) => void;

/**
 * Reads a run's raw output from an offset and follows it: at once when an event of the run tells of something, else every two seconds.
 * Leaving never touches the run.
 */
export class OutputReader {
  private offset = 0;
  private stopped = new AbortController();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private reading = false;
  private again = false;
  private isHistory = true;
  private endEvents = (): void => undefined;
  /** Where it began; more than 0 when what was before was left out. */
  begun = 0;
  hole: string | null = null;
  /** More may come without an event that tells of it. */
  live = false;

  constructor(
    private readonly runId: string,
    private readonly name: 'stdout' | 'stderr',
    private readonly mostBytes: number,
    private readonly take: Taker,
    private readonly onState: (state: { error: unknown; isWhole: boolean }) => void,
  ) {}

  start(live: boolean): void {
    this.live = live;
    this.stopped = new AbortController();
    this.endEvents = stream.onEvents((events) => {
      if (events.some((event) => event.run_id === this.runId)) this.poke(pauseMs);
    });
    void this.first().then(() => {
      if (this.live) this.poke(lookMs);
    });
  }

  stop(): void {
    this.stopped.abort();
    this.endEvents();
    if (this.timer) clearTimeout(this.timer);
  }

  private async first(): Promise<void> {
    try {
      const first = await this.piece(0);
      this.begun = this.offset = Math.max(0, first.length - this.mostBytes);
      await this.read(this.begun === 0 ? first : undefined);
      this.isHistory = false;
    } catch (error) {
      if (!this.stopped.signal.aborted) this.onState({ error, isWhole: true });
    }
  }

  private poke(afterMs: number): void {
    if (this.stopped.signal.aborted) return;
    if (this.reading) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(
      () =>
        void this.read().catch((error: unknown) => {
          if (!this.stopped.signal.aborted) this.onState({ error, isWhole: true });
        }),
      afterMs,
    );
  }

  private async read(read?: Piece): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      let piece = read ?? (await this.piece(this.offset));
      this.add(piece);
      while (piece.bytes.length > 0 && this.offset < piece.length) {
        // With a hole the next offset is not known beforehand.
        const wanted = piece.hole ? 1 : Math.min(atOnce, Math.ceil((piece.length - this.offset) / pageBytes));
        const pieces = await Promise.all(Array.from({ length: wanted }, (_, at) => this.piece(this.offset + at * pageBytes)));
        for (const one of pieces) this.add(one);
        piece = pieces.at(-1)!;
      }
      this.onState({ error: null, isWhole: true });
    } finally {
      this.reading = false;
    }
    const soon = this.again;
    this.again = false;
    if (!this.isHistory && (soon || this.live)) this.poke(soon ? pauseMs : lookMs);
  }

  private add(piece: Piece): void {
    if (this.stopped.signal.aborted) return;
    this.hole = piece.hole;
    this.offset = piece.next;
    if (piece.bytes.length > 0) this.take(piece.bytes, this.isHistory ? 0 : Date.now());
  }

  private async piece(offset: number): Promise<Piece> {
    const answer = await getRaw(`/runs/${this.runId}/output?stream=${this.name}&offset=${offset}`, this.stopped.signal);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const number = (header: string): number => Number(answer.headers.get(header) ?? 0);
    return { bytes, next: number('X-Next-Offset'), length: number('X-Output-Length'), hole: answer.headers.get('X-Output-Cut') };
  }
}
