// Filters live in the URL, as plain words: an address can be sent to a colleague, and the back button works.

/** Keeps the named parameters of an address and drops the rest; for `validateSearch` of a route. */
export function searchOf<const K extends string>(
  ...keys: K[]
): (search: Record<string, unknown>) => { [P in K]?: string } {
  return (search) => {
    const kept: { [P in K]?: string } = {};
    for (const key of keys) {
      const value = search[key];
      if (typeof value === 'string' && value !== '') {
        kept[key] = value;
      }
    }
    return kept;
  };
}

/** The router's own form turns `007` into a number; ours leaves text as text. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '',
  );
  const text = new URLSearchParams(pairs).toString();
  return text === '' ? '' : `?${text}`;
}
