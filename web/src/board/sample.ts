import type { Card, StoreEvent } from '../api/types';

/** A card for tests; what is not said is empty. */
export const card = (id: string, members: Partial<Card> = {}): Card => ({
  id, number: Number.parseInt(id, 36) || 1, title: `Card ${id}`, project: null, plan: null, phase: null, parent: null, kind: null, priority: 'medium', labels: [],
  status: 'inbox', column: 'inbox', reasons: [], needs: null, profile: null, agent: null, model: null, run_id: null, run_status: null, health: null,
  attempts: 0, since: '2026-01-31T09:00:00Z', last_line: null, usage: null, diff: null, check: null, dependencies: { open: 0, total: 0 },
  children: { open: 0, total: 0 }, protection: null, delivery: null, unchecked: false, created_at: '2026-01-31T09:00:00Z',
  updated_at: '2026-01-31T09:00:00Z', ...members,
});

export const event = (type: string, members: Partial<StoreEvent> = {}): StoreEvent => ({
  id: '1', cursor: '1', event_type: type, session_id: null, run_id: null, item_id: null, created_at: '2026-01-31T09:00:00Z', actor: null, data: {}, ...members,
});
