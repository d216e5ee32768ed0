// All messages one by one, for who looks for something else than a thread.

import { Button, Group, Select, Stack } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { IconCalendar, IconDownload, IconFilterOff, IconMessage, IconMessages, IconX } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { dayKey } from '@/lib/format';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { SearchInput } from '@/ui/SearchInput';
import { CompactMessage, columnsOf, searchOf } from '../components/columns';
import { DIRECTIONS, isFiltered, type MessageFilters, plainNumber, STATUSES } from '../filters';
import { useMessages } from '../queries';
import { useMessageTexts } from '../text';

const route = getRouteApi('/workspace/messages/all');

export function MessagesTablePage() {
  const t = useMessageTexts();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const messages = useMessages(filters);
  const mayExport = useMay('records.export');
  const narrow = (change: MessageFilters): void =>
    void navigate({ to: '/messages/all', search: { ...filters, ...change }, replace: true });
  const clear = (): void => void navigate({ to: '/messages/all', search: {} });

  return (
    <Page
      title={t('title')}
      isFull
      actions={
        <>
          {mayExport && (
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              component="a"
              href="/api/v1/messages/export"
              download
              visibleFrom="sm"
            >
              {t('exportCsv')}
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<IconMessages size={16} aria-hidden />}
            renderRoot={(props) => <Link to="/messages" {...props} />}
          >
            {t('asThreads')}
          </Button>
        </>
      }
    >
      <Stack h="100%" gap="sm">
        <Filters filters={filters} onChange={narrow} onClear={clear} />
        <div style={{ flex: 1, minHeight: 280 }}>
          <RowList
            label={t('title')}
            rows={messages}
            columns={columnsOf(t)}
            rowKey={(message) => message.id}
            onOpen={(message) => void navigate({ to: '/messages', search: searchOf(message) })}
            compact={(message) => <CompactMessage message={message} />}
            empty={
              isFiltered(filters) ? (
                <EmptyState
                  icon={IconFilterOff}
                  title={t('noMatchTitle')}
                  action={
                    <Button variant="light" onClick={clear}>
                      {t('clearFilters')}
                    </Button>
                  }
                >
                  {t('noMatchText')}
                </EmptyState>
              ) : (
                <EmptyState icon={IconMessage} title={t('noneTitle')}>
                  {t('noneText')}
                </EmptyState>
              )
            }
          />
        </div>
      </Stack>
    </Page>
  );
}

interface FiltersProps {
  filters: MessageFilters;
  onChange: (change: MessageFilters) => void;
  onClear: () => void;
}

function Filters({ filters, onChange, onClear }: FiltersProps) {
  const t = useMessageTexts();
  return (
    <Group gap="xs">
      <SearchInput
        value={filters.number ?? ''}
        label={t('theirNumber')}
        onSearch={(number) => onChange({ number: number === '' ? undefined : plainNumber(number) })}
        width={190}
      />
      <Select
        aria-label={t('direction')}
        placeholder={t('direction')}
        data={DIRECTIONS.map((value) => ({ value, label: t(value) }))}
        value={filters.direction ?? null}
        onChange={(direction) => onChange({ direction: direction ?? undefined })}
        clearable
        w={150}
      />
      <Select
        aria-label={t('status')}
        placeholder={t('status')}
        data={STATUSES.map((value) => ({ value, label: t(`status_${value}` as const) }))}
        value={filters.status ?? null}
        onChange={(status) => onChange({ status: status ?? undefined })}
        clearable
        w={150}
      />
      <DatePickerInput
        type="range"
        aria-label={t('dates')}
        placeholder={t('dates')}
        leftSection={<IconCalendar size={16} aria-hidden />}
        valueFormat="MMM D"
        allowSingleDateInRange
        clearable
        w={190}
        maxDate={dayKey(Date.now())}
        value={[filters.from ?? null, filters.to ?? null]}
        onChange={([from, to]) => onChange({ from: from ?? undefined, to: to ?? undefined })}
      />
      {isFiltered(filters) && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={14} />} onClick={onClear}>
          {t('clearFilters')}
        </Button>
      )}
    </Group>
  );
}
