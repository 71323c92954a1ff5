import { describe, expect, it } from 'vitest';
import { idNamed, quickItemOf } from './quickAdd';

describe('quick add', () => {
  it('reads the signs wherever they stand', () => {
    expect(quickItemOf('Fix the login @deep !high #web #auth >12 >c0ffee')).toEqual({
      title: 'Fix the login',
      profile: 'deep',
      priority: 'high',
      labels: ['web', 'auth'],
      dependsOn: ['12', 'c0ffee'],
      troubles: [],
    });
    expect(quickItemOf('!urgent  Stop   the >#3 leak')).toMatchObject({ title: 'Stop the leak', priority: 'urgent', dependsOn: ['3'] });
  });

  it('takes the beginning of a priority, and says so when it is none', () => {
    expect(quickItemOf('a !h').priority).toBe('high');
    expect(quickItemOf('a !soon')).toMatchObject({
      title: 'a',
      priority: null,
      troubles: ['!soon is no priority: low, medium, high, urgent.'],
    });
  });

  it('leaves signs that belong to the title', () => {
    expect(quickItemOf('Use C# and a > b ! for mail@example.com').title).toBe('Use C# and a > b ! for mail@example.com');
    expect(quickItemOf(String.raw`Explain \#define and \@media`)).toMatchObject({
      title: 'Explain #define and @media',
      labels: [],
      profile: null,
    });
  });

  it('wants a title, but not of an empty line', () => {
    expect(quickItemOf('@deep').troubles).toEqual(['A title is missing.']);
    expect(quickItemOf('   ').troubles).toEqual([]);
  });

  it('finds an item by its number or the beginning of its id, when that is one', () => {
    const items = [
      { id: 'abc1', number: 7 },
      { id: 'abd2', number: 8 },
    ];
    expect(idNamed('7', items)).toBe('abc1');
    expect(idNamed('ABD', items)).toBe('abd2');
    expect(idNamed('ab', items)).toBeNull();
    expect(idNamed('9', items)).toBeNull();
  });
});
