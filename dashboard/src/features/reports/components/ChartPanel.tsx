// A chart and the table that says the same. Who cannot read the picture switches to the table; who wants the numbers copies it.

import { ActionIcon, Box, CopyButton, Skeleton, Tooltip } from '@mantine/core';
import { IconChartBar, IconCheck, IconCopy, IconTable } from '@tabler/icons-react';
import { type ReactNode, Suspense, useState } from 'react';
import { asTabs, type Col } from '../columns';
import type { How as HowWord } from '../howText';
import { useReportTexts } from '../text';
import { DataTable } from './DataTable';
import { Panel } from './Panel';

interface ChartPanelProps<T> {
  title: string;
  about?: ReactNode;
  how?: readonly HowWord[];
  /** What the picture shows, in a sentence. */
  summary: string;
  rows: readonly T[];
  columns: readonly Col<T>[];
  rowKey: (row: T) => string;
  calls?: (row: T) => Record<string, string> | undefined;
  /** Keeps the place while the library of charts comes. */
  height?: number;
  actions?: ReactNode;
  /** The picture. */
  children: ReactNode;
}

export function ChartPanel<T>(props: ChartPanelProps<T>) {
  const { title, about, how, summary, rows, columns, rowKey, calls, height = 260, actions, children } = props;
  const t = useReportTexts();
  const [isTable, setTable] = useState(false);
  return (
    <Panel
      title={title}
      about={about}
      how={how}
      actions={
        <>
          {actions}
          <Tooltip label={isTable ? t('asChart') : t('asTable')}>
            <ActionIcon
              aria-label={`${isTable ? t('asChart') : t('asTable')}: ${title}`}
              onClick={() => setTable(!isTable)}
            >
              {isTable ? <IconChartBar size={18} stroke={1.6} /> : <IconTable size={18} stroke={1.6} />}
            </ActionIcon>
          </Tooltip>
          <CopyTable title={title} rows={rows} columns={columns} />
        </>
      }
    >
      {isTable ? (
        <DataTable label={title} rows={rows} columns={columns} rowKey={rowKey} calls={calls} />
      ) : (
        <Box role="img" aria-label={summary} mih={height}>
          <Suspense fallback={<Skeleton h={height} />}>{children}</Suspense>
        </Box>
      )}
    </Panel>
  );
}

interface CopyTableProps<T> {
  title: string;
  rows: readonly T[];
  columns: readonly Col<T>[];
}

export function CopyTable<T>({ title, rows, columns }: CopyTableProps<T>) {
  const t = useReportTexts();
  return (
    <CopyButton value={asTabs(rows, columns)} timeout={1_500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copiedTable') : t('copyTable')}>
          <ActionIcon aria-label={`${t('copyTable')}: ${title}`} onClick={copy} color={copied ? 'teal' : 'gray'}>
            {copied ? <IconCheck size={18} stroke={1.6} /> : <IconCopy size={18} stroke={1.6} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
