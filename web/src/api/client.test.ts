import { expect, test } from 'vitest';
import { collectionsOf } from './client';
import type { StoreEvent } from './types';

const event = (event_type: string): StoreEvent => ({
  id: '1',
  cursor: '1',
  event_type,
  session_id: null,
  run_id: null,
  item_id: null,
  created_at: '2026-01-01T00:00:00Z',
  actor: null,
  data: {},
});

test('what a run prints touches no list', () => {
  expect(collectionsOf([event('run.output'), event('run.message'), event('run.usage'), event('run.delta')])).toEqual(new Set());
});

test('a run that ends touches runs, cards, what waits for people and the queue', () => {
  expect([...collectionsOf([event('run.succeeded'), event('run.output')])]).toEqual(
    expect.arrayContaining(['cards', 'needs', 'queue', 'runs']),
  );
});

test('an event of a newer daemon touches what its prefix says, or nothing', () => {
  expect([...collectionsOf([event('token.borrowed')])]).toEqual(['tokens']);
  expect([...collectionsOf([event('something.else')])]).toEqual([]);
});
