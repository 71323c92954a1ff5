import { textOf } from './ansi';

/** Where the lines of a growing text are: offsets in one row of numbers that doubles when it is full. */
class Offsets {
  private row = new Float64Array(1_024);
  length = 0;

  push(value: number): void {
    if (this.length === this.row.length) {
      const larger = new Float64Array(this.row.length * 2);
      larger.set(this.row);
      this.row = larger;
    }
    this.row[this.length++] = value;
  }

  at(index: number): number {
    return this.row[index]!;
  }
}

const lineFeed = 10;
/** A longer line is cut for display; the bytes are kept for the download. */
const longestLine = 20_000;

/**
 * A log as its bytes, in the chunks in which they came, with an index of its lines. A line becomes text only when it is looked at, so that
 * 100,000 of them cost their bytes and eight more each.
 */
export class LogText {
  private readonly chunks: Uint8Array[] = [];
  /** Where each chunk begins. */
  private readonly starts = new Offsets();
  /** Where each line begins. */
  private readonly lines = new Offsets();
  /** When the chunk came, ms since 1970; 0 for what was there before. */
  private readonly times: number[] = [];
  private readonly decoder = new TextDecoder('utf-8');
  /** Bytes so far. */
  bytes = 0;
  /** Grows with every change: what views watch. */
  version = 0;

  /** Lines so far; the last may still grow. A text that ends with a line feed has no empty line after it. */
  get count(): number {
    return this.lines.length > 0 && this.lines.at(this.lines.length - 1) === this.bytes ? this.lines.length - 1 : this.lines.length;
  }

  /** Takes what came next. `at`: when it came, 0 for history. */
  append(chunk: Uint8Array, at = 0): void {
    if (chunk.length === 0) return;
    if (this.lines.length === 0) this.lines.push(0);
    this.chunks.push(chunk);
    this.starts.push(this.bytes);
    this.times.push(at);
    for (let found = chunk.indexOf(lineFeed); found >= 0; found = chunk.indexOf(lineFeed, found + 1))
      this.lines.push(this.bytes + found + 1);
    this.bytes += chunk.length;
    this.version++;
  }

  /** The text of a line without its line feed, colours and all; cut when it is very long. */
  line(index: number): string {
    const from = this.lines.at(index);
    const next = index + 1 < this.lines.length ? this.lines.at(index + 1) - 1 : this.bytes;
    const text = this.decoder.decode(this.slice(from, Math.min(next, from + longestLine)));
    return next - from > longestLine ? `${text} … (${next - from} bytes)` : text;
  }

  /** When the line's beginning came, ms since 1970; 0 when it was there before. */
  timeOf(index: number): number {
    return this.times[this.chunkAt(this.lines.at(index))] ?? 0;
  }

  /** Everything, for a download. */
  blob(): Blob {
    return new Blob(this.chunks as Uint8Array<ArrayBuffer>[], { type: 'text/plain;charset=utf-8' });
  }

  /** The text of some lines without colours. */
  copy(from: number, to: number): string {
    const lines: string[] = [];
    for (let index = from; index < to; index++) lines.push(textOf(this.line(index)));
    return lines.join('\n');
  }

  /**
   * The numbers of the lines with these words, case ignored, from one line on and below another. Colours inside the words do not hide
   * them. For long logs it is called slice by slice.
   */
  search(words: string, from: number, to: number): number[] {
    const wanted = words.toLowerCase();
    const found: number[] = [];
    for (let index = from; index < to; index++) {
      const raw = this.line(index);
      // eslint-disable-next-line no-control-regex
      const text = /[\u0000-\u001f]/.test(raw) ? textOf(raw) : raw;
      if (text.toLowerCase().includes(wanted)) found.push(index);
    }
    return found;
  }

  private chunkAt(offset: number): number {
    let [low, high] = [0, this.chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts.at(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private slice(from: number, to: number): Uint8Array {
    let at = this.chunkAt(from);
    const first = this.chunks[at]!;
    const start = this.starts.at(at);
    if (to <= start + first.length) return first.subarray(from - start, to - start);
    const whole = new Uint8Array(to - from);
    for (let filled = 0; filled < whole.length; at++) {
      const chunk = this.chunks[at]!;
      const begin = Math.max(0, from + filled - this.starts.at(at));
      const part = chunk.subarray(begin, begin + whole.length - filled);
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }
}
