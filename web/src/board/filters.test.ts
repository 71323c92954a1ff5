import { describe, expect, it } from 'vitest';
import { filterOf, fits, isFiltered, noFilter, searchOf } from './filters';
import { card } from './sample';

describe('filters', () => {
  it('come back from the address as they went in, and leave what is not theirs', () => {
    const filter = { ...noFilter, text: 'log in & out', project: 'shop,web', priority: 'high', mine: true, hideDone: true };
    expect(filterOf(searchOf(filter))).toEqual(filter);
    expect(searchOf(noFilter, 'tab=x&q=old')).toBe('tab=x');
    expect(isFiltered(noFilter)).toBe(false);
  });

  it('find every word, in title, number, project, labels and reasons', () => {
    const one = card('c0ffee', { number: 12, title: 'Fix the Login', project: 'shop', labels: ['web'], reasons: ['waits for #9'] });
    for (const text of ['login', 'fix shop', '#12', 'web', 'c0ff', '#9', '  ']) expect(fits({ ...noFilter, text }, one), text).toBe(true);
    for (const text of ['logout', 'fix desk', '#13']) expect(fits({ ...noFilter, text }, one), text).toBe(false);
  });

  it('take any of several values of a kind, and all kinds together', () => {
    const one = card('a', { project: 'shop', profile: 'deep', status: 'review', column: 'review', plan: 'p1', labels: ['x', 'y'] });
    expect(fits({ ...noFilter, project: 'web,shop', label: 'y', status: 'review', plan: 'p1', profile: 'deep' }, one)).toBe(true);
    expect(fits({ ...noFilter, project: 'web,shop', label: 'z' }, one)).toBe(false);
    expect(fits({ ...noFilter, project: 'shop' }, card('b'))).toBe(false);
  });

  it('show only what waits for a person, or what is not over', () => {
    expect(fits({ ...noFilter, mine: true }, card('a'))).toBe(false);
    expect(fits({ ...noFilter, mine: true }, card('a', { needs: 'approval' }))).toBe(true);
    expect(fits({ ...noFilter, hideDone: true }, card('a', { column: 'done' }))).toBe(false);
  });
});
