import { describe, expect, it } from 'vitest';
import { cancelOf, moveOf, undoOf, wayTo } from './moves';
import { card } from './sample';

const ready = card('a', { status: 'ready', column: 'ready' });

describe('moves', () => {
  it('know the way of the daemon’s lifecycle and never lead over an end', () => {
    expect(wayTo('ready', 'inbox')).toEqual(['planning', 'inbox']);
    expect(wayTo('done', 'inbox')).toEqual(['ready', 'planning', 'inbox']);
    expect(wayTo('canceled', 'ready')).toEqual(['inbox', 'ready']);
    expect(wayTo('in_flight', 'done')).toBeNull();
  });

  it('say what a drop will do', () => {
    expect(moveOf(card('a'), 'ready')).toMatchObject({ steps: [{ to: 'ready' }], status: 'ready' });
    expect(moveOf(ready, 'in_flight')).toMatchObject({ steps: [{ do: 'run' }] });
    expect(moveOf(card('a', { status: 'failed', column: 'done' }), 'in_flight')).toMatchObject({
      steps: [{ to: 'ready' }, { do: 'run' }],
    });
    expect(moveOf(card('a', { status: 'review', column: 'review' }), 'done')).toMatchObject({ steps: [{ do: 'accept' }] });
    expect(moveOf(card('a', { status: 'canceled', column: 'done' }), 'inbox')).toMatchObject({ steps: [{ to: 'inbox' }] });
    expect(moveOf(card('a', { status: 'blocked', column: 'ready' }), 'ready')).toMatchObject({ steps: [{ to: 'ready' }] });
  });

  it('say why there is none', () => {
    for (const [one, column] of [
      [ready, 'ready'],
      [ready, 'review'],
      [card('a', { status: 'in_flight', column: 'in_flight' }), 'done'],
      [card('a', { children: { open: 1, total: 2 } }), 'ready'],
      [card('a', { status: 'review', column: 'review' }), 'in_flight'],
      [card('a', { status: 'done', column: 'done' }), 'done'],
    ] as const)
      expect(moveOf(one, column), `${one.status} to ${column}`).toHaveProperty('why');
  });

  it('have a way back where nothing was set going', () => {
    expect(undoOf(card('a'), moveOf(card('a'), 'ready'))).toEqual(['planning', 'inbox']);
    expect(undoOf(ready, cancelOf(ready))).toEqual(['inbox', 'ready']);
    expect(undoOf(ready, moveOf(ready, 'in_flight'))).toBeNull();
    expect(cancelOf(card('a', { status: 'in_flight' }))).toHaveProperty('why');
  });
});
