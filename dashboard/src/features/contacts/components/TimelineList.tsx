// Everything that happened with a contact, newest first, day by day.

import { Button, Center, Loader, Paper, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { Fragment } from 'react';
import { useCommon } from '@/i18n/common';
import { day, dayKey } from '@/lib/format';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/Failure';
import { atOf, idOf } from '../entries';
import { KINDS, type Kind, useTimeline } from '../queries';
import { useContactTexts } from '../text';
import { EntryRow } from './EntryRow';

interface TimelineListProps {
  id: string;
  kind: Kind | undefined;
  onKind: (kind: Kind | undefined) => void;
}

export function TimelineList({ id, kind, onKind }: TimelineListProps) {
  const t = useContactTexts();
  const common = useCommon();
  const entries = useTimeline(id, kind);
  const choices = [
    { value: 'all', label: t('kind_all') },
    ...KINDS.map((value) => ({ value, label: t(`kind_${value}` as const) })),
  ];
  return (
    <Stack gap="sm">
      <Title order={2}>{t('timeline')}</Title>
      <SegmentedControl
        aria-label={common('filter')}
        data={choices}
        value={kind ?? 'all'}
        onChange={(value) => onKind(KINDS.find((each) => each === value))}
        size="sm"
        style={{ alignSelf: 'flex-start', maxWidth: '100%' }}
      />
      {entries.error != null ? (
        <Failure error={entries.error} onRetry={entries.retry} />
      ) : entries.isPending ? (
        <Waiting />
      ) : entries.rows.length === 0 ? (
        <Paper>
          <EmptyState icon={IconHistory} title={t('emptyTitle')}>
            {kind === undefined ? t('emptyText') : t('emptyKind')}
          </EmptyState>
        </Paper>
      ) : (
        <Paper px="md" py="xs" component="ol" m={0} style={{ listStyle: 'none' }}>
          {entries.rows.map((entry, index) => {
            const before = entries.rows[index - 1];
            const isNewDay = before === undefined || dayKey(atOf(before)) !== dayKey(atOf(entry));
            return (
              <Fragment key={idOf(entry)}>
                {isNewDay && (
                  <li>
                    <Text size="xs" c="dimmed" fw={600} pt="sm" pb={4}>
                      {day(atOf(entry))}
                    </Text>
                  </li>
                )}
                <EntryRow entry={entry} />
              </Fragment>
            );
          })}
        </Paper>
      )}
      {entries.hasNews && (
        <Center>
          <Button size="xs" variant="light" onClick={entries.showNews}>
            {common('newest')}
          </Button>
        </Center>
      )}
      {entries.hasMore && (
        <Center>
          {entries.isLoadingMore ? (
            <Loader size="sm" aria-label={common('loading')} />
          ) : (
            <Button variant="default" onClick={entries.loadMore}>
              {common('loadMore')}
            </Button>
          )}
        </Center>
      )}
    </Stack>
  );
}

function Waiting() {
  return (
    <Paper p="md" aria-busy="true">
      <Stack>
        {[80, 60, 70, 50, 75].map((width) => (
          <Skeleton key={width} height={36} width={`${width}%`} />
        ))}
      </Stack>
    </Paper>
  );
}
