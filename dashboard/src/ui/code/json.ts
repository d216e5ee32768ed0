// What a tree of JSON shows of a value.

export interface Entry {
  name: string;
  value: unknown;
}

/** Something with values in it. An empty list or object is a leaf. */
export function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

export function entriesOf(value: object): Entry[] {
  return Object.entries(value).map(([name, each]) => ({ name, value: readable(each) }));
}

/** How much is in it: `{3}`, `[12]`. */
export function summary(value: object): string {
  const count = Object.keys(value).length;
  return Array.isArray(value) ? `[${count}]` : `{${count}}`;
}

/** An empty list or object, as a leaf, shows its brackets. */
function readable(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !isBranch(value) ? new Brackets(value) : value;
}

class Brackets {
  readonly #text: string;
  constructor(value: object) {
    this.#text = Array.isArray(value) ? '[]' : '{}';
  }
  toString(): string {
    return this.#text;
  }
}

/** Without what is null, false or empty, at any depth: what a fact claims, and not all that it might have. */
export function claimed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(claimed);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const kept = Object.entries(value)
    .map(([name, each]) => [name, claimed(each)] as const)
    .filter(([, each]) => each !== null && each !== false && !(typeof each === 'object' && !isBranch(each)));
  return Object.fromEntries(kept);
}

/** Text as indented JSON; as it is where it is none. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
