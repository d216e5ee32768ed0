// A number beside the one it is compared with.

/** Which way a number went, and whether people would rather have it so. */
export interface Comparison {
  way: 'up' | 'down' | 'same';
  isGood: boolean | undefined;
  /** The difference: a share of what it was, or points where both are shares. `undefined` where there is nothing to compare. */
  by: number | undefined;
}

/** What more of it means. */
export type Wish = 'more' | 'less' | 'either';

/** `undefined` where one of the two is not known. */
export function compare(
  now: number | null | undefined,
  before: number | null | undefined,
  wish: Wish,
): Comparison | undefined {
  if (now == null || before == null) {
    return undefined;
  }
  const way = now > before ? 'up' : now < before ? 'down' : 'same';
  const isGood = way === 'same' || wish === 'either' ? undefined : (way === 'up') === (wish === 'more');
  return { way, isGood, by: before === 0 ? undefined : (now - before) / before };
}

/** For two shares: the difference is in points, 0.05 for five of a hundred. */
export function compareShares(
  now: number | null | undefined,
  before: number | null | undefined,
  wish: Wish,
): Comparison | undefined {
  const compared = compare(now, before, wish);
  return compared === undefined || now == null || before == null ? undefined : { ...compared, by: now - before };
}
