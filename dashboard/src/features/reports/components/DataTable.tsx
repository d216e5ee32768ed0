// Rows of a report as a table: sorted by any column, the first column leading to the calls behind a row.

import { Button, Group, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import { type CSSProperties, type ReactNode, useState } from 'react';
import { type Col, type Order, shown, sorted } from '../columns';
import { useReportTexts } from '../text';
import { CallsLink } from './CallsLink';

interface DataTableProps<T> {
  /** What the rows are, for screen readers. */
  label: string;
  rows: readonly T[];
  columns: readonly Col<T>[];
  rowKey: (row: T) => string;
  /** What the list of calls is narrowed by for a row; none where a row leads nowhere. */
  calls?: (row: T) => Record<string, string> | undefined;
  /** A last line. */
  total?: T;
  /** Rows that show before somebody asks for the rest. */
  most?: number;
}

const MOST = 12;

export function DataTable<T>({ label, rows, columns, rowKey, calls, total, most = MOST }: DataTableProps<T>) {
  const t = useReportTexts();
  const [order, setOrder] = useState<Order>();
  const [isWhole, setWhole] = useState(false);
  const all = sorted(rows, columns, order);
  const visible = isWhole ? all : all.slice(0, most);
  return (
    <div>
      <Table.ScrollContainer minWidth={0} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': label } }}>
        <Table className="report-table" aria-label={label} verticalSpacing={6} highlightOnHover withRowBorders>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Head key={column.key} column={column} order={order} onOrder={setOrder} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {visible.map((row) => (
              <Row key={rowKey(row)} row={row} columns={columns} calls={calls?.(row)} />
            ))}
          </Table.Tbody>
          {total !== undefined && (
            <Table.Tfoot>
              <Row row={total} columns={columns} />
            </Table.Tfoot>
          )}
        </Table>
      </Table.ScrollContainer>
      {rows.length > most && (
        <Group justify="center" mt="xs" className="no-print">
          <Button variant="subtle" size="compact-sm" onClick={() => setWhole(!isWhole)}>
            {isWhole ? t('showLess') : t('showAll', { count: rows.length })}
          </Button>
        </Group>
      )}
    </div>
  );
}

function isNumber<T>({ kind }: Col<T>): boolean {
  return kind !== undefined && kind !== 'text' && kind !== 'moment';
}

interface HeadProps<T> {
  column: Col<T>;
  order: Order | undefined;
  onOrder: (order: Order | undefined) => void;
}

/** Numbers are sorted with the largest first, words from A. A third press gives back the report's own order. */
function Head<T>({ column, order, onOrder }: HeadProps<T>) {
  const t = useReportTexts();
  const mine = order?.key === column.key ? order : undefined;
  const first = isNumber(column);
  const Sign = mine === undefined ? IconSelector : mine.isDown ? IconArrowDown : IconArrowUp;
  const turn = (): void => {
    const isOver = mine !== undefined && mine.isDown !== first;
    onOrder(isOver ? undefined : { key: column.key, isDown: mine === undefined ? first : !mine.isDown });
  };
  return (
    <Table.Th
      data-number={first || undefined}
      aria-sort={mine === undefined ? 'none' : mine.isDown ? 'descending' : 'ascending'}
      visibleFrom={column.from}
    >
      <UnstyledButton
        fz="xs"
        fw={600}
        c="dimmed"
        onClick={turn}
        title={t('sortBy', { column: column.title })}
        style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}
      >
        {column.title}
        <Sign size={12} aria-hidden opacity={mine === undefined ? 0.45 : 1} />
      </UnstyledButton>
    </Table.Th>
  );
}

interface RowProps<T> {
  row: T;
  columns: readonly Col<T>[];
  calls?: Record<string, string>;
}

function Row<T>({ row, columns, calls }: RowProps<T>) {
  return (
    <Table.Tr>
      {columns.map((column, index) => (
        <Table.Td
          key={column.key}
          data-number={isNumber(column) || undefined}
          visibleFrom={column.from}
          style={styleOf(column, index)}
        >
          {index === 0 && calls !== undefined ? (
            <CallsLink of={shown(column.kind, column.of(row))} search={calls}>
              {cellOf(column, row)}
            </CallsLink>
          ) : (
            cellOf(column, row)
          )}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

/** Names wrap, numbers and times do not; the first column keeps room for a name where the others are many. */
function styleOf<T>({ kind }: Col<T>, index: number): CSSProperties {
  return kind === undefined || kind === 'text'
    ? { minWidth: index === 0 ? 120 : undefined, maxWidth: 280, overflowWrap: 'break-word' }
    : { whiteSpace: 'nowrap' };
}

function cellOf<T>(column: Col<T>, row: T): ReactNode {
  return column.show?.(row) ?? shown(column.kind, column.of(row));
}
