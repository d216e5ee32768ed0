// Everything that was told, and how it left the house.

import { Badge, Button, Group, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { IconBellCheck, IconBellOff, IconChecks, IconSettings } from '@tabler/icons-react';
import { getRouteApi, Link, type LinkProps, useNavigate } from '@tanstack/react-router';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { type Column, RowList } from '@/ui/RowList';
import { When } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { KindIcon, NewDot, NotificationLine, NotificationLink } from '../components/NotificationLine';
import { markAllRead, markRead, type Notification, useNotifications } from '../queries';
import { type NotificationTexts, useNotificationTexts } from '../text';
import { type SendSummary, summarise, targetOf, wordsOf } from '../words';

const route = getRouteApi('/workspace/notifications');

export function NotificationsPage() {
  const t = useNotificationTexts();
  const navigate = useNavigate();
  const { unread } = route.useSearch();
  const rows = useNotifications(unread);
  const newest = rows.rows[0]?.id;
  const readAll = async (upTo: string): Promise<void> => {
    try {
      await markAllRead(upTo);
      toastDone(t('allRead'));
    } catch (error) {
      toastFailed(error);
    }
  };
  const open = (notification: Notification): void => {
    if (!notification.is_read) {
      void markRead(notification.id);
    }
    void navigate({ to: targetOf(notification.finding) as LinkProps['to'] });
  };
  return (
    <Page
      title={t('title')}
      about={t('about')}
      isFull
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('show')}
            value={unread === undefined ? 'all' : 'unread'}
            onChange={(value) =>
              void navigate({ to: '.', search: value === 'unread' ? { unread: '1' } : {}, replace: true })
            }
            data={[
              { value: 'all', label: t('everything') },
              { value: 'unread', label: t('onlyUnread') },
            ]}
          />
          <Button
            variant="default"
            size="xs"
            leftSection={<IconChecks size={16} aria-hidden />}
            disabled={newest === undefined || rows.rows.every(({ is_read }) => is_read)}
            onClick={() => newest !== undefined && void readAll(newest)}
          >
            {t('readAll')}
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconSettings size={16} aria-hidden />}
            renderRoot={(props) => <Link to={'/settings/notifications' as LinkProps['to']} {...props} />}
          >
            {t('rules')}
          </Button>
        </>
      }
    >
      <RowList
        label={t('title')}
        rows={rows}
        rowKey={({ id }) => id}
        onOpen={open}
        rowHeight={60}
        compactHeight={64}
        columns={columns(t)}
        compact={(notification) => <NotificationLine notification={notification} />}
        empty={<Nothing isFiltered={unread !== undefined} />}
      />
    </Page>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const t = useNotificationTexts();
  if (isFiltered) {
    return (
      <EmptyState icon={IconBellCheck} title={t('emptyUnreadTitle')}>
        {t('emptyUnreadText')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconBellOff}
      title={t('emptyTitle')}
      action={
        <Button
          variant="light"
          renderRoot={(props) => <Link to={'/settings/notifications' as LinkProps['to']} {...props} />}
        >
          {t('rules')}
        </Button>
      }
    >
      {t('emptyText')}
    </EmptyState>
  );
}

function columns(t: NotificationTexts): Column<Notification>[] {
  return [
    {
      key: 'what',
      header: t('column_what'),
      width: 'minmax(0, 3fr)',
      cell: (notification) => (
        <Group gap="sm" wrap="nowrap">
          <NewDot isRead={notification.is_read} />
          <KindIcon kind={notification.finding.kind} />
          <Stack gap={0} miw={0}>
            <NotificationLink notification={notification} />
            <Text size="xs" c="dimmed" truncate>
              {wordsOf(notification, t).text}
            </Text>
          </Stack>
          {notification.is_test && <Badge color="gray">{t('test')}</Badge>}
        </Group>
      ),
    },
    {
      key: 'rule',
      header: t('column_rule'),
      width: 'minmax(0, 1fr)',
      from: 'md',
      cell: ({ rule_name, finding }) => {
        const name = rule_name ?? t(finding.kind);
        return <span title={name}>{name}</span>;
      },
    },
    {
      key: 'sent',
      header: t('column_sent'),
      width: 'minmax(0, 1.2fr)',
      from: 'md',
      cell: ({ sends }) => (
        <Group gap={6} wrap="nowrap">
          {summarise(sends, t).map((summary) => (
            <SendBadge key={summary.label} summary={summary} />
          ))}
        </Group>
      ),
    },
    {
      key: 'when',
      header: t('column_when'),
      width: '120px',
      align: 'right',
      cell: ({ created_at }) => <When at={created_at} size="sm" />,
    },
  ];
}

const COLOURS: Record<SendSummary['state'], string> = {
  failed: 'red',
  unknown: 'orange',
  waiting: 'gray',
  calling: 'gray',
  sent: 'teal',
  forgotten: 'gray',
};

function SendBadge({ summary }: { summary: SendSummary }) {
  const t = useNotificationTexts();
  const badge = (
    <Badge color={COLOURS[summary.state]} tabIndex={summary.problem === undefined ? undefined : 0}>
      {summary.label} · {t(summary.state)}
    </Badge>
  );
  return summary.problem === undefined ? badge : <Tooltip label={summary.problem}>{badge}</Tooltip>;
}
