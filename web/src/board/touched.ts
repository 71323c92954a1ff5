import type { Card, StoreEvent } from '../api/types';
import { cleanLine } from '../parts/text';

/** What a batch of events means for the board. */
export interface Touched {
  /** Ids of items whose card is to be read anew soon. */
  soon: Set<string>;
  /** Ids whose card may wait a little: figures that grow, dependencies counted down. */
  later: Set<string>;
  /** Last line of what an item's run printed or said. */
  lines: Map<string, string>;
  /** Everything is to be read anew: the queue was emptied. */
  all: boolean;
}

const figures = new Set(['run.usage', 'run.file_change']);
const chatter = new Set(['run.output', 'run.message', 'run.reasoning', 'run.tool_call', 'run.tool_result', ...figures]);

/** The last line that says something, made harmless, cut. Pure. */
export function lastLine(text: string): string | null {
  const line = text
    .trimEnd()
    .split('\n')
    .findLast((one) => one.trim() !== '');
  const plain = line && cleanLine(line).trim();
  return plain ? plain.slice(0, 300) : null;
}

/** Which cards the events touch. `cards` are those shown now: runs, plans and parents are found by them. Pure. */
export function touchedBy(events: readonly StoreEvent[], cards: Iterable<Card>): Touched {
  const touched: Touched = { soon: new Set(), later: new Set(), lines: new Map(), all: false };
  const all = [...cards];
  const byRun = new Map(all.filter((card) => card.run_id !== null).map((card) => [card.run_id, card.id]));
  const byId = new Map(all.map((card) => [card.id, card]));
  for (const event of events) {
    const id = event.item_id ?? (event.run_id ? (byRun.get(event.run_id) ?? null) : null);
    if (chatter.has(event.event_type)) noteChatter(touched, event, id);
    else if (event.event_type === 'item.cleared') touched.all = true;
    else note(touched, event, id, all, byId);
  }
  return touched;
}

function noteChatter(touched: Touched, event: StoreEvent, id: string | null): void {
  if (id === null) return;
  if (figures.has(event.event_type)) touched.later.add(id);
  if (event.event_type !== 'run.output' && event.event_type !== 'run.message') return;
  const line = lastLine(typeof event.data['text'] === 'string' ? event.data['text'] : '');
  if (line !== null) touched.lines.set(id, line);
}

function note(touched: Touched, event: StoreEvent, id: string | null, all: readonly Card[], byId: ReadonlyMap<string, Card>): void {
  const type = event.event_type;
  if (id !== null) {
    touched.soon.add(id);
    const parent = byId.get(id)?.parent;
    if (parent) touched.soon.add(parent);
  }
  const want = (fits: (card: Card) => boolean, into: Set<string>): void => all.filter(fits).forEach((card) => into.add(card.id));
  if (type === 'item.moved') want((card) => card.dependencies.open > 0, touched.later);
  if (type.startsWith('plan.')) want((card) => card.plan !== null && card.plan === event.data['plan_id'], touched.later);
  if (type.startsWith('queue.') || type.startsWith('provider.')) want((card) => card.column === 'ready', touched.later);
}
