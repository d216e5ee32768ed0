// Filters of a list as a view keeps them: names and values, without what is not set.

export type Filters = Record<string, string | undefined>;

/** What is set. */
export function kept(filters: Filters): Record<string, string> {
  const pairs = Object.entries(filters).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  );
  return Object.fromEntries(pairs);
}

/** Both narrow by the same, in whatever order they were written. */
export function isSame(one: Filters, other: Filters): boolean {
  const [a, b] = [kept(one), kept(other)];
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Where a list can be had as a file, with what it is narrowed by. */
export function exportAddress(noun: string, query: Record<string, unknown>): string {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  const text = new URLSearchParams(asked).toString();
  return `/api/v1/${noun}/export${text === '' ? '' : `?${text}`}`;
}
