// A column of a report, said once: how it is shown, sorted, and copied into a spreadsheet.

import type { ReactNode } from 'react';
import { language } from '@/i18n';
import { count, decimal, fullTime, length, percent } from '@/lib/format';

export type Value = string | number | null | undefined;

export interface Col<T> {
  key: string;
  title: string;
  /** Text when it is not said. Seconds are shown as lengths and copied as numbers. */
  kind?: 'text' | 'count' | 'share' | 'seconds' | 'decimal' | 'moment';
  of: (row: T) => Value;
  /** More than the value: a bar, a link. */
  show?: (row: T) => ReactNode;
  /** Left out on screens narrower than this. */
  from?: 'sm' | 'md';
}

/** A value in words; a line where nothing is known, because a zero would be a claim. */
export function shown(kind: Col<never>['kind'], value: Value): string {
  if (value === null || value === undefined || value === '') {
    return '–';
  }
  if (typeof value === 'string') {
    return kind === 'moment' ? fullTime(value) : value;
  }
  switch (kind) {
    case 'share':
      return percent(value);
    case 'seconds':
      return length(value);
    case 'decimal':
      return decimal(value);
    default:
      return count(value);
  }
}

export interface Order {
  key: string;
  isDown: boolean;
}

/** What is not known comes last, whichever way. */
export function sorted<T>(rows: readonly T[], columns: readonly Col<T>[], order: Order | undefined): readonly T[] {
  const column = columns.find(({ key }) => key === order?.key);
  if (column === undefined || order === undefined) {
    return rows;
  }
  const way = order.isDown ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [column.of(one), column.of(other)];
    if (a == null || b == null) {
      return a == null ? (b == null ? 0 : 1) : -1;
    }
    return way * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)));
  });
}

/** Rows as spreadsheets take them from the clipboard. Nothing that a caller named themselves may begin a formula. */
export function asTabs<T>(rows: readonly T[], columns: readonly Col<T>[]): string {
  const number = new Intl.NumberFormat(language(), { useGrouping: false, maximumFractionDigits: 4 });
  const cell = (value: Value): string => {
    if (typeof value === 'number') {
      return number.format(value);
    }
    const text = (value ?? '').replace(/[\t\r\n]+/g, ' ');
    return /^[=+\-@]/.test(text) ? `'${text}` : text;
  };
  const lines = rows.map((row) => columns.map((column) => cell(column.of(row))));
  return [columns.map(({ title }) => cell(title)), ...lines].map((line) => line.join('\t')).join('\n');
}
