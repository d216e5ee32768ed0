// The log as it grows: what was shown, with what a look at its beginning found.

export interface Numbered {
  id: string;
}

export interface Merged<T> {
  rows: T[];
  /** More came than one look shows: between what is new and what was there, something is missing. */
  hasGap: boolean;
}

/**
 * Puts the newest rows before those that are known. Ids sort by arrival. A row that is in both is shown as it is now; one that
 * became visible late finds its place.
 */
export function withNewest<T extends Numbered>(known: T[], newest: T[]): Merged<T> {
  const ids = new Set(newest.map(({ id }) => id));
  const oldest = newest.at(-1);
  const before = known.filter(({ id }) => !ids.has(id));
  const overlaps = known.length === 0 || oldest === undefined || known.some(({ id }) => id >= oldest.id);
  const rows = [...newest, ...before].sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
  return { rows, hasGap: !overlaps };
}
