// A list as a file: the browser downloads it while the server reads it, however long it is.

import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload, IconFileSpreadsheet, IconFileText, IconFileTypeCsv } from '@tabler/icons-react';
import { language } from '@/i18n';
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

const FORMATS = [
  { format: 'csv', word: 'asCsv', icon: IconFileTypeCsv },
  { format: 'xlsx', word: 'asXlsx', icon: IconFileSpreadsheet },
  { format: 'pdf', word: 'asPdf', icon: IconFileText },
] as const;

/** The lists that are narrow enough for paper. */
const ON_PAPER: readonly Noun[] = ['calls'];

/** Not there for who may not take records out in bulk. */
export function ExportButton({ noun, query, visibleFrom }: ExportButtonProps) {
  const t = useViewTexts();
  if (!useMay('records.export')) {
    return null;
  }
  const formats = FORMATS.filter(({ format }) => format !== 'pdf' || ON_PAPER.includes(noun));
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button
          variant="default"
          visibleFrom={visibleFrom}
          title={t('exportHint')}
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t('export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ format, word, icon: Glyph }) => (
          <Menu.Item
            key={format}
            component="a"
            href={exportAddress(noun, { ...query, format, lang: language() })}
            download={`${noun}.${format}`}
            leftSection={<Glyph size={16} aria-hidden />}
          >
            {t(word)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
