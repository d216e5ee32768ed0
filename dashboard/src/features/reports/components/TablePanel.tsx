// A table that is the whole of a part of a report.

import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Col } from '../columns';
import type { How as HowWord } from '../howText';
import { CopyTable } from './ChartPanel';
import { DataTable } from './DataTable';
import { Panel } from './Panel';

interface TablePanelProps<T> {
  title: string;
  about?: ReactNode;
  how?: readonly HowWord[];
  rows: readonly T[];
  columns: readonly Col<T>[];
  rowKey: (row: T) => string;
  calls?: (row: T) => Record<string, string> | undefined;
  total?: T;
  actions?: ReactNode;
  /** In the place of the table when there is nothing. */
  none: string;
  most?: number;
}

export function TablePanel<T>({ title, about, how, none, actions, ...table }: TablePanelProps<T>) {
  const { rows, columns } = table;
  return (
    <Panel
      title={title}
      about={about}
      how={how}
      actions={
        rows.length > 0 && (
          <>
            {actions}
            <CopyTable title={title} rows={rows} columns={columns} />
          </>
        )
      }
    >
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <DataTable label={title} {...table} />
      )}
    </Panel>
  );
}
