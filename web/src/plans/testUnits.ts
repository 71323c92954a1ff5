import type { Unit } from './queries';

/** A unit for tests. */
export const unit = (id: string, more: Partial<Unit> = {}): Unit => ({
  id: `item-${id}`, number: 1, foreign_id: id, title: id, phase: 'One', status: 'inbox', foreign_status: null, type: 'code', priority: null,
  assigned: { type: 'code', profile: null, care: 'standard', by: 'rules', why: '', route: null, text: null },
  blocked_by: [], depends_on: [], after: [], writes: [], reads: [], steps: [], optional: false, gone: false, issue: null, attempts: 0,
  run_id: null, causes: [], place: null, line: null, ...more,
});
