import { expect, it } from 'vitest';
import { asTabs, type Col, shown, sorted } from './columns';

interface Row {
  name: string;
  calls: number | null;
}
const columns: Col<Row>[] = [
  { key: 'name', title: 'Name', of: ({ name }) => name },
  { key: 'calls', title: 'Calls', kind: 'count', of: ({ calls }) => calls },
];
const rows: Row[] = [
  { name: 'Ann', calls: 2 },
  { name: 'Bob', calls: null },
  { name: 'Cid', calls: 10 },
];

it('sorts numbers as numbers, and puts what is not known last both ways', () => {
  const names = (isDown: boolean) => sorted(rows, columns, { key: 'calls', isDown }).map(({ name }) => name);
  expect(names(true)).toEqual(['Cid', 'Ann', 'Bob']);
  expect(names(false)).toEqual(['Ann', 'Cid', 'Bob']);
  expect(sorted(rows, columns, undefined)).toBe(rows);
});

it('copies no formula that a caller may have named themselves', () => {
  const text = asTabs(
    [
      { name: '=HYPERLINK("x")', calls: 1234.5 },
      { name: 'a\tb', calls: null },
    ],
    columns,
  );
  expect(text).toBe('Name\tCalls\n\'=HYPERLINK("x")\t1234.5\na b\t');
});

it('shows what is not known as a line, and a zero as a zero', () => {
  expect(shown('count', null)).toBe('–');
  expect(shown('count', 0)).toBe('0');
  expect(shown('share', 0.873)).toBe('87%');
  expect(shown('seconds', 75)).toBe('1 min 15 s');
  expect(shown('decimal', 2.345)).toBe('2.3');
});
