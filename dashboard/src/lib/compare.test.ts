import { describe, expect, it } from 'vitest';
import { compare, compareShares } from './compare';

describe('compare', () => {
  it('says which way, by how much, and whether that is wished for', () => {
    expect(compare(12, 10, 'more')).toEqual({ way: 'up', isGood: true, by: 0.2 });
    expect(compare(12, 10, 'less')).toMatchObject({ isGood: false });
    expect(compare(5, 10, 'less')).toEqual({ way: 'down', isGood: true, by: -0.5 });
    expect(compare(5, 10, 'either')).toMatchObject({ isGood: undefined });
    expect(compare(7, 7, 'more')).toEqual({ way: 'same', isGood: undefined, by: 0 });
  });

  it('makes no percentage of nothing', () => {
    expect(compare(3, 0, 'more')).toEqual({ way: 'up', isGood: true, by: undefined });
    expect(compare(null, 3, 'more')).toBeUndefined();
    expect(compare(3, undefined, 'more')).toBeUndefined();
  });

  it('compares shares in points', () => {
    expect(compareShares(0.75, 0.5, 'more')?.by).toBeCloseTo(0.25);
    expect(compareShares(0.75, null, 'more')).toBeUndefined();
  });
});
