// Deliveries that were refused: for whoever wonders why nothing arrives.

import { Anchor, Drawer, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { RejectedDelivery } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { bytes, fullTime } from '@/lib/format';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { type Column, RowList } from '@/ui/RowList';
import { When } from '@/ui/Times';
import { Facts } from '../components/Facts';
import { type eventText, useEventTexts } from '../eventsText';
import { connectionsQuery, useRejected } from '../queries';

export function RejectedPage() {
  const t = useEventTexts();
  const words = useCommon();
  const rejected = useRejected();
  const { data: connections } = useQuery(connectionsQuery);
  const nameOf = (id: string | null | undefined): string =>
    connections?.data.find((each) => each.id === id)?.name ?? id ?? '–';
  const [open, setOpen] = useState<RejectedDelivery>();
  return (
    <Page
      title={t('rejectedTitle')}
      about={t('rejectedAbout')}
      isFull
      above={
        <Anchor size="sm" c="dimmed" renderRoot={(props) => <Link to="/developers/events" {...props} />}>
          <IconArrowLeft size={14} style={{ verticalAlign: '-2px' }} aria-hidden /> {t('toLog')}
        </Anchor>
      }
    >
      <RowList
        label={t('rejectedTitle')}
        rows={rejected}
        columns={columnsOf(t, nameOf)}
        rowKey={({ id }) => id}
        onOpen={setOpen}
        compact={(row) => (
          <Stack gap={4}>
            <Text size="sm" lineClamp={1}>
              {row.reason}
            </Text>
            <Text size="xs" c="dimmed">
              {nameOf(row.connection_id)} · <When at={row.received_at} />
            </Text>
          </Stack>
        )}
        empty={
          <EmptyState icon={IconShieldCheck} title={t('rejectedNoneTitle')}>
            {t('rejectedNoneText')}
          </EmptyState>
        }
      />
      <Drawer
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
        position="right"
        size="lg"
        title={t('rejectedTitle')}
        closeButtonProps={{ 'aria-label': words('close') }}
      >
        {open !== undefined && (
          <Facts
            rows={[
              [t('reason'), open.reason],
              [t('connection'), nameOf(open.connection_id)],
              [t('received'), fullTime(open.received_at)],
              [t('from'), open.address ?? '–'],
              [t('path'), open.path],
              [t('size'), bytes(open.body_bytes)],
              ...Object.entries(open.headers).map(([name, value]): [string, string] => [name, String(value)]),
            ]}
          />
        )}
      </Drawer>
    </Page>
  );
}

function columnsOf(t: typeof eventText, nameOf: (id: string | null | undefined) => string): Column<RejectedDelivery>[] {
  return [
    {
      key: 'reason',
      header: t('reason'),
      width: 'minmax(0, 3fr)',
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
    },
    { key: 'connection', header: t('connection'), width: 'minmax(0, 1fr)', cell: (row) => nameOf(row.connection_id) },
    { key: 'from', header: t('from'), width: '140px', from: 'md', cell: ({ address }) => address ?? '–' },
    {
      key: 'received',
      header: t('received'),
      width: '120px',
      align: 'right',
      cell: (row) => <When at={row.received_at} />,
    },
  ];
}
