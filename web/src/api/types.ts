import type { components, paths } from './schema.gen';

type Schemas = components['schemas'];

/** What a GET of this path answers. */
export type Got<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

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
export type Card = Schemas['Card'];

export interface CardList {
  cards: Card[];
  /** Ids that were asked for and are not there any more. */
  gone: string[];
  /** Further pages hold older ones of what has ended. */
  next_cursor: string | null;
}

/** Something only a person can do now (GET /board/needs); smaller urgency is more urgent. */
export type Need = Schemas['Need'];

export interface NeedList {
  needs: Need[];
}
