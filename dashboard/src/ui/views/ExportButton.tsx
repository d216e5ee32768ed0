// A list as a file: the browser downloads it while the server reads it, however long it is.

import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMay } from '@/session/me';
import { exportAddress } from './filters';
import type { Noun } from './queries';
import { useViewTexts } from './text';

interface ExportButtonProps {
  noun: Noun;
  /** What the API is asked for the list, without its pages. */
  query: Record<string, unknown>;
  /** Left out on screens narrower than this. */
  visibleFrom?: 'sm' | 'md';
}

/** Not there for who may not take records out in bulk. */
export function ExportButton({ noun, query, visibleFrom }: ExportButtonProps) {
  const t = useViewTexts();
  if (!useMay('records.export')) {
    return null;
  }
  return (
    <Button
      variant="default"
      visibleFrom={visibleFrom}
      component="a"
      href={exportAddress(noun, query)}
      download={`${noun}.csv`}
      title={t('exportHint')}
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      {t('exportCsv')}
    </Button>
  );
}
