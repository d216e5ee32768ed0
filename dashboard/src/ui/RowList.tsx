// A list of any length: only the rows in sight are in the page. Newest first, read page by page as it is scrolled, moved
// through with j and k, opened with Enter.
//
// Rows that come in above while somebody has scrolled down push nothing: the view stays on what it shows.

import { Box, Button, Center, Loader, Paper, Skeleton, Text } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Rows } from '@/api/pages';
import { useCommon } from '@/i18n/common';
import { Failure } from './Failure';

export interface Column<T> {
  key: string;
  header: string;
  /** A track of CSS grid: `120px`, `minmax(0, 2fr)`. */
  width: string;
  cell: (row: T) => ReactNode;
  /** Left out on screens narrower than this. */
  from?: 'sm' | 'md' | 'lg';
  align?: 'right';
}

interface RowListProps<T> {
  /** What the list is of, for screen readers. */
  label: string;
  rows: Rows<T>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  /** Opens a row; left out where rows lead nowhere. The first cell should hold the link itself, for keyboards. */
  onOpen?: (row: T) => void;
  /** What a row looks like on a phone, in the place of columns. */
  compact?: (row: T) => ReactNode;
  rowHeight?: number;
  compactHeight?: number;
  /** In the place of the rows when there are none. */
  empty: ReactNode;
  /** The row that is open beside the list. */
  currentKey?: string;
}

/** Rows that are kept ready above and below those in sight. */
const OVERSCAN = 12;
/** From how many rows before the end on the next page is read. */
const AHEAD = 30;

export function RowList<T>(props: RowListProps<T>) {
  const { rows, rowKey, onOpen, rowHeight = 44, compactHeight = 68 } = props;
  const t = useCommon();
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const isCompact = isPhone && props.compact !== undefined;
  const height = isCompact ? compactHeight : rowHeight;
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useVisible(props.columns);
  const template = columns.map(({ width }) => width).join(' ');
  const virtual = useVirtualizer({
    count: rows.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => keyAt(rows.rows, rowKey, index),
    overscan: OVERSCAN,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height is the reason to measure again
  useEffect(() => virtual.measure(), [virtual, height]);
  useSteadyView(scroller, rows.rows, rowKey, height);
  const current = useKeys(rows.rows, rowKey, onOpen, (index) => virtual.scrollToIndex(index));

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.hasMore && !rows.isLoadingMore && last >= rows.rows.length - AHEAD) {
      rows.loadMore();
    }
  }, [last, rows]);

  if (rows.error !== undefined && rows.error !== null) {
    return <Failure error={rows.error} onRetry={rows.retry} />;
  }
  if (!rows.isPending && rows.rows.length === 0) {
    return <Paper>{props.empty}</Paper>;
  }
  return (
    <Paper h="100%" mih={280} pos="relative" style={{ overflow: 'hidden' }}>
      {rows.hasNews && (
        <Button
          size="xs"
          radius="xl"
          leftSection={<IconArrowUp size={14} />}
          pos="absolute"
          top={44}
          left="50%"
          style={{ zIndex: 3, transform: 'translateX(-50%)' }}
          onClick={() => {
            scroller.current?.scrollTo({ top: 0 });
            rows.showNews();
          }}
        >
          {t('newest')}
        </Button>
      )}
      <div
        className="row-list"
        ref={scroller}
        role="table"
        aria-label={props.label}
        aria-rowcount={-1}
        tabIndex={0}
        style={{ height: '100%' }}
      >
        {!isCompact && (
          <div className="row" data-head role="row" style={{ gridTemplateColumns: template }}>
            {columns.map((column) => (
              <div key={column.key} role="columnheader" className="cell" style={{ textAlign: column.align }}>
                {column.header}
              </div>
            ))}
          </div>
        )}
        {rows.isPending ? (
          <Waiting height={height} />
        ) : (
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {items.map(({ index, key, start }) => {
              const row = rows.rows[index];
              if (row === undefined) {
                return null;
              }
              const name = rowKey(row);
              const isCurrent = name === current || name === props.currentKey;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the first cell holds the link; the click is for the mouse
                <div
                  key={key}
                  className="row"
                  role="row"
                  data-link={onOpen !== undefined || undefined}
                  data-current={isCurrent || undefined}
                  onClick={(event) => {
                    if (!(event.target as Element).closest('a,button,input,label')) {
                      onOpen?.(row);
                    }
                  }}
                  style={{
                    position: 'absolute',
                    insetInline: 0,
                    height,
                    transform: `translateY(${start}px)`,
                    gridTemplateColumns: isCompact ? 'minmax(0, 1fr)' : template,
                  }}
                >
                  {isCompact ? (
                    <div role="cell" style={{ minWidth: 0 }}>
                      {props.compact?.(row)}
                    </div>
                  ) : (
                    columns.map((column) => (
                      <div key={column.key} role="cell" className="cell" style={{ textAlign: column.align }}>
                        {column.cell(row)}
                      </div>
                    ))
                  )}
                </div>
              );
            })}
          </div>
        )}
        {rows.isLoadingMore && (
          <Center p="sm">
            <Loader size="sm" aria-label={t('loading')} />
          </Center>
        )}
      </div>
    </Paper>
  );
}

function keyAt<T>(rows: T[], rowKey: (row: T) => string, index: number): string {
  const row = rows[index];
  return row === undefined ? String(index) : rowKey(row);
}

/** The first reading only; what was read before shows at once. */
function Waiting({ height }: { height: number }) {
  return (
    <Box aria-busy="true">
      {Array.from({ length: 12 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <Box key={index} px="md" style={{ height, display: 'grid', alignItems: 'center' }}>
          <Skeleton height={14} width={`${90 - ((index * 17) % 40)}%`} />
        </Box>
      ))}
    </Box>
  );
}

function useVisible<T>(columns: Column<T>[]): Column<T>[] {
  const options = { getInitialValueInEffect: false };
  const wide = {
    sm: useMediaQuery('(min-width: 48em)', true, options),
    md: useMediaQuery('(min-width: 62em)', true, options),
    lg: useMediaQuery('(min-width: 75em)', true, options),
  };
  return columns.filter(({ from }) => from === undefined || wide[from]);
}

/** Keeps the view on what it shows when rows come in above it. */
function useSteadyView<T>(
  scroller: React.RefObject<HTMLDivElement | null>,
  rows: T[],
  rowKey: (row: T) => string,
  height: number,
): void {
  const first = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const before = first.current;
    first.current = rows[0] === undefined ? undefined : rowKey(rows[0]);
    const view = scroller.current;
    if (before === undefined || before === first.current || view === null || view.scrollTop === 0) {
      return;
    }
    const added = rows.findIndex((row) => rowKey(row) === before);
    if (added > 0) {
      view.scrollTop += added * height;
    }
  }, [rows, rowKey, height, scroller]);
}

/** j and k move a mark, Enter opens what it is on. */
function useKeys<T>(
  rows: T[],
  rowKey: (row: T) => string,
  onOpen: ((row: T) => void) | undefined,
  scrollTo: (index: number) => void,
): string | undefined {
  const [current, setCurrent] = useState<string>();
  const move = (step: number): void => {
    const at = rows.findIndex((row) => rowKey(row) === current);
    const next = Math.min(Math.max(at + step, 0), rows.length - 1);
    const row = rows[next];
    if (row !== undefined) {
      setCurrent(rowKey(row));
      scrollTo(next);
    }
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    [
      'Enter',
      (event) => {
        const row = rows.find((each) => rowKey(each) === current);
        if (row !== undefined && !(event.target as Element).closest('a,button,input,textarea,[role=dialog]')) {
          onOpen?.(row);
        }
      },
    ],
  ]);
  return current;
}

/** A count of rows, in the words of the screen. */
export function RowCount({ rows }: { rows: Rows<unknown> }) {
  const t = useCommon();
  return (
    <Text size="xs" c="dimmed">
      {t('rows', { count: rows.rows.length })}
      {rows.hasMore && '+'}
    </Text>
  );
}
