import type { components, paths } from './schema.gen';

type Schemas = components['schemas'];

/** What a GET of this path answers. */
export type Got<Path extends keyof paths> =
  paths[Path] extends { get: { responses: { 200: { content: { 'application/json': infer Body } } } } } ? Body : never;

export type Item = Schemas['Item'];
export type Run = Schemas['Run'];
export type Session = Schemas['Session'];
export type Message = Schemas['Message'];
export type RunRequest = Schemas['RunRequest'];
export type Finding = Schemas['Finding'];
export type Round = Schemas['Round'];
export type Check = Schemas['Check'];
export type Evidence = Schemas['Evidence'];
export type Plan = Schemas['Plan'];
export type Project = Schemas['Project'];
export type Delivery = Schemas['Delivery'];

/** One event of the store. `data` is of its type: docs/events.md. */
export interface StoreEvent {
  id: string;
  cursor: string;
  event_type: string;
  session_id: string | null;
  run_id: string | null;
  item_id: string | null;
  created_at: string;
  actor: string | null;
  data: Record<string, unknown>;
}

/** A card of the board: everything it shows, made by the daemon from rows (GET /board/cards). */
export interface Card {
  id: string;
  number: number;
  title: string;
  project: string | null;
  plan: string | null;
  phase: string | null;
  parent: string | null;
  kind: string | null;
  priority: string;
  labels: string[];
  status: string;
  column: 'inbox' | 'ready' | 'in_flight' | 'review' | 'done';
  /** What holds it back or what it waits for, in words. */
  reasons: string[];
  /** Kind of what it needs from a person: approval, question, decision, review, stalled, failed, budget, conflict. */
  needs: string | null;
  profile: string | null;
  agent: string | null;
  model: string | null;
  run_id: string | null;
  run_status: string | null;
  /** working, waiting, quiet, stalled or dead; null when no run works on it. */
  health: string | null;
  attempts: number;
  /** Since when it is in this status. */
  since: string;
  last_line: string | null;
  usage: { input_tokens: number; output_tokens: number; cost_usd: number | null; cost_is_estimate: boolean } | null;
  diff: { files: number; added: number; removed: number } | null;
  /** Verdict of the daemon's last check of its work. */
  check: string | null;
  dependencies: { open: number; total: number };
  children: { open: number; total: number };
  /** What its agent may do: read-only, workspace-write, full-access. */
  protection: string | null;
  delivery: { state: string; pull: string | null } | null;
  unchecked: boolean;
  created_at: string;
  updated_at: string;
}

export interface CardList {
  cards: Card[];
  /** Ids that were asked for and are not there any more. */
  gone: string[];
  next_cursor: string | null;
}

/** Something only a person can do now (GET /board/needs). */
export interface Need {
  /** Stable: the same trouble has the same id. */
  id: string;
  kind: 'approval' | 'question' | 'decision' | 'review' | 'stalled' | 'failed' | 'conflict' | 'budget';
  /** Smaller is more urgent. */
  urgency: number;
  title: string;
  text: string;
  /** Of an approval: the exact command or change. */
  command: string | null;
  options: string[];
  project: string | null;
  item_id: string | null;
  run_id: string | null;
  request_id: string | null;
  plan_id: string | null;
  decision_id: string | null;
  review_id: string | null;
  since: string;
}

export interface NeedList {
  needs: Need[];
}
