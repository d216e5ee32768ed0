import { Anchor, Box, Button, Group, Menu, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconDownload, IconHistory } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditEntry } from '@/api/schema.gen';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { type Column, RowList } from '@/ui/RowList';
import { When } from '@/ui/Times';
import { AuditFilters } from './AuditFilters';
import { EntryDrawer } from './EntryDrawer';
import { type Filters, useAudit } from './queries';
import { useAuditTexts } from './text';
import { actionWords, nounWords } from './words';

const route = getRouteApi('/workspace/settings/audit');

export function AuditPage() {
  const t = useAuditTexts();
  const filters: Filters = route.useSearch();
  const navigate = useNavigate();
  const rows = useAudit(filters);
  const [open, setOpen] = useState<AuditEntry>();
  const narrow = (next: Filters): void => void navigate({ to: '/settings/audit', search: { ...next }, replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <Page title={t('title')} about={t('about')} actions={<ExportMenu />} isFull>
      <Stack h="100%" gap="sm">
        <AuditFilters filters={filters} onChange={narrow} />
        <Box style={{ flex: 1, minHeight: 0 }}>
          <RowList
            label={t('title')}
            rows={rows}
            columns={useColumns(setOpen)}
            rowKey={({ id }) => id}
            onOpen={setOpen}
            currentKey={open?.id}
            compact={(entry) => <Compact entry={entry} onOpen={setOpen} />}
            empty={
              <EmptyState
                icon={IconHistory}
                title={isFiltered ? t('noneTitle') : t('emptyTitle')}
                action={
                  isFiltered && (
                    <Button variant="light" onClick={() => narrow({})}>
                      {t('clear')}
                    </Button>
                  )
                }
              >
                {isFiltered ? t('noneText') : t('emptyText')}
              </EmptyState>
            }
          />
        </Box>
      </Stack>
      <EntryDrawer entry={open} onClose={() => setOpen(undefined)} />
    </Page>
  );
}

function useColumns(onOpen: (entry: AuditEntry) => void): Column<AuditEntry>[] {
  const t = useAuditTexts();
  return [
    {
      key: 'what',
      header: t('what'),
      width: 'minmax(0, 2fr)',
      cell: (entry) => (
        <Anchor
          component="button"
          type="button"
          size="sm"
          c="inherit"
          fw={550}
          title={entry.action}
          onClick={() => onOpen(entry)}
        >
          {actionWords(entry.action)}
        </Anchor>
      ),
    },
    {
      key: 'who',
      header: t('who'),
      width: 'minmax(0, 1.6fr)',
      cell: (entry) => <span title={entry.actor_name}>{entry.actor_name}</span>,
    },
    {
      key: 'target',
      header: t('target'),
      width: 'minmax(0, 1.2fr)',
      from: 'md',
      cell: ({ target_kind }) => (target_kind == null ? '' : nounWords(target_kind)),
    },
    { key: 'address', header: t('address'), width: '140px', from: 'lg', cell: ({ address }) => address ?? '' },
    { key: 'when', header: t('when'), width: '120px', align: 'right', cell: ({ at }) => <When at={at} c="dimmed" /> },
  ];
}

function Compact({ entry, onOpen }: { entry: AuditEntry; onOpen: (entry: AuditEntry) => void }) {
  return (
    <Stack gap={2}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Anchor component="button" type="button" size="sm" c="inherit" fw={550} truncate onClick={() => onOpen(entry)}>
          {actionWords(entry.action)}
        </Anchor>
        <When at={entry.at} size="xs" c="dimmed" />
      </Group>
      <Text size="xs" c="dimmed" truncate>
        {entry.actor_name}
      </Text>
    </Stack>
  );
}

function ExportMenu() {
  const t = useAuditTexts();
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={17} aria-hidden />}
          rightSection={<IconChevronDown size={15} aria-hidden />}
        >
          {t('export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('exportAbout')}</Menu.Label>
        {(['csv', 'ndjson'] as const).map((format) => (
          <Menu.Item key={format} component="a" href={`/api/v1/audit/export?format=${format}`} download>
            {t(format)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
