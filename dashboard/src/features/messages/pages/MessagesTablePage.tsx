// All messages one by one, for who looks for something else than a thread.

import { Button, Group, Select, Stack } from '@mantine/core';
import { IconFilterOff, IconMessage, IconMessages, IconX } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { DatesFilter } from '@/ui/DatesFilter';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { SearchInput } from '@/ui/SearchInput';
import { ExportButton } from '@/ui/views/ExportButton';
import { SavedViews } from '@/ui/views/SavedViews';
import { CompactMessage, columnsOf, searchOf } from '../components/columns';
import { DIRECTIONS, isFiltered, type MessageFilters, plainNumber, STATUSES, toQuery } from '../filters';
import { useMessages } from '../queries';
import { useMessageTexts } from '../text';

const route = getRouteApi('/workspace/messages/all');

export function MessagesTablePage() {
  const t = useMessageTexts();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const messages = useMessages(filters);
  const narrow = (change: MessageFilters): void =>
    void navigate({ to: '/messages/all', search: { ...filters, ...change }, replace: true });
  const clear = (): void => void navigate({ to: '/messages/all', search: {} });

  return (
    <Page
      title={t('title')}
      isFull
      actions={
        <>
          <SavedViews
            noun="messages"
            filters={filters}
            onApply={(search) => void navigate({ to: '/messages/all', search })}
          />
          <ExportButton noun="messages" query={toQuery(filters)} />
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
        value={filters.q ?? ''}
        label={t('searchHint')}
        onSearch={(q) => onChange({ q: q === '' ? undefined : q })}
        width={250}
      />
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
      <DatesFilter from={filters.from} to={filters.to} onChange={onChange} />
      {isFiltered(filters) && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={14} />} onClick={onClear}>
          {t('clearFilters')}
        </Button>
      )}
    </Group>
  );
}
