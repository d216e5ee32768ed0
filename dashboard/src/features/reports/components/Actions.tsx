// What can be done with a report as a whole: taken along as a file, printed, sent regularly.

import { Button, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconDownload,
  IconFileSpreadsheet,
  IconFileText,
  IconFileTypeCsv,
  IconMailForward,
  IconPrinter,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { language } from '@/i18n';
import { useMay } from '@/session/me';
import type { Kind } from '../kinds';
import type { ReportSearch } from '../names';
import { useReportTexts } from '../text';

interface ActionsProps {
  kind: Kind;
  search: ReportSearch;
  /** What the API is asked for the report. */
  query: Record<string, string>;
}

const FORMATS = [
  { format: 'csv', word: 'asCsv', icon: IconFileTypeCsv },
  { format: 'xlsx', word: 'asXlsx', icon: IconFileSpreadsheet },
  { format: 'pdf', word: 'asPdf', icon: IconFileText },
] as const;

export function Actions({ kind, search, query }: ActionsProps) {
  const t = useReportTexts();
  const mayExport = useMay('records.export');
  const navigate = useNavigate();
  const fileOf = (format: string): string =>
    `/api/v1/reports/${kind}/file?${new URLSearchParams({ ...query, format, lang: language() })}`;
  const schedule = (): void => {
    const { by: _by, show: _show, ...filters } = search;
    void navigate({ to: '/reports/schedules', search: { ...filters, report: kind } as never });
  };
  return (
    <Menu position="bottom-end" shadow="md" width={280} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="default"
          className="no-print"
          leftSection={mayExport ? <IconDownload size={16} aria-hidden /> : <IconPrinter size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {mayExport ? t('export') : t('print')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {mayExport &&
          FORMATS.map(({ format, word, icon: Glyph }) => (
            <Menu.Item
              key={format}
              component="a"
              href={fileOf(format)}
              download={`${kind}.${format}`}
              leftSection={<Glyph size={16} aria-hidden />}
            >
              {t(word)}
            </Menu.Item>
          ))}
        <Menu.Item leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
          {t('print')}
        </Menu.Item>
        {mayExport && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconMailForward size={16} aria-hidden />} onClick={schedule}>
              {t('sendRegularly')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
