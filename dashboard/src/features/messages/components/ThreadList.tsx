// Who was written with, newest first.

import { Anchor, Badge, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconMessage, IconMessageCheck } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCommon } from '@/i18n/common';
import { phone, who } from '@/lib/format';
import { EmptyState } from '@/ui/EmptyState';
import { PersonAvatar } from '@/ui/PersonAvatar';
import { RowList } from '@/ui/RowList';
import { When } from '@/ui/Times';
import { type MessageThread, useThreads } from '../queries';
import { useMessageTexts } from '../text';
import type { ThreadKey } from '../thread';

/** What the address of a thread holds. */
export function searchOf(thread: MessageThread): ThreadKey {
  return {
    contact: thread.contact_id ?? undefined,
    number: thread.number ?? undefined,
    own: thread.own_number ?? undefined,
  };
}

function keyOf({ number, own }: ThreadKey): string {
  return `${number ?? ''} ${own ?? ''}`;
}

interface ThreadListProps {
  current: ThreadKey;
  unanswered: boolean;
}

export function ThreadList({ current, unanswered }: ThreadListProps) {
  const t = useMessageTexts();
  const navigate = useNavigate();
  const threads = useThreads({ unanswered: unanswered || undefined });
  const filter = { unanswered: unanswered ? 'yes' : undefined };
  // Where all of it goes through one number, saying so on each row says nothing.
  const hasSeveral = new Set(threads.rows.map((thread) => thread.own_number)).size > 1;
  const row = (thread: MessageThread) => <ThreadRow thread={thread} filter={filter} showsOwn={hasSeveral} />;
  return (
    <Stack h="100%" gap="xs">
      <SegmentedControl
        size="sm"
        aria-label={t('threads')}
        data={[
          { value: 'all', label: t('all') },
          { value: 'unanswered', label: t('unanswered') },
        ]}
        value={unanswered ? 'unanswered' : 'all'}
        onChange={(value) =>
          void navigate({
            to: '/messages',
            search: { ...current, unanswered: value === 'unanswered' ? 'yes' : undefined },
            replace: true,
          })
        }
      />
      <div style={{ flex: 1, minHeight: 0 }}>
        <RowList
          label={t('threads')}
          rows={threads}
          rowHeight={hasSeveral ? 72 : 62}
          compactHeight={hasSeveral ? 76 : 64}
          columns={[
            {
              key: 'thread',
              header: t('threads'),
              width: 'minmax(0, 1fr)',
              cell: row,
            },
          ]}
          compact={row}
          rowKey={(thread) => keyOf(searchOf(thread))}
          currentKey={keyOf(current)}
          onOpen={(thread) => void navigate({ to: '/messages', search: { ...searchOf(thread), ...filter } })}
          empty={
            <EmptyState
              icon={unanswered ? IconMessageCheck : IconMessage}
              title={unanswered ? t('noneUnansweredTitle') : t('noneTitle')}
            >
              {unanswered ? t('noneUnansweredText') : t('noneText')}
            </EmptyState>
          }
        />
      </div>
    </Stack>
  );
}

interface ThreadRowProps {
  thread: MessageThread;
  filter: { unanswered?: string };
  showsOwn: boolean;
}

function ThreadRow({ thread, filter, showsOwn }: ThreadRowProps) {
  const t = useMessageTexts();
  const common = useCommon();
  const name = who(thread.contact_name, thread.number) ?? common('withheld');
  const last = thread.last_message;
  const said = last.text || (last.media_urls.length > 0 ? t('picture') : t('noText'));
  const waits = thread.unanswered > 0;
  return (
    <Group gap="sm" wrap="nowrap" miw={0} py={8}>
      <PersonAvatar name={thread.contact_name} size={36} />
      <Stack gap={1} miw={0} style={{ flex: 1 }}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Anchor
            size="sm"
            c="inherit"
            fw={waits ? 650 : 550}
            truncate
            title={name}
            renderRoot={(props) => <Link to="/messages" search={{ ...searchOf(thread), ...filter }} {...props} />}
          >
            {name}
          </Anchor>
          <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
            <When at={thread.last_at} />
          </Text>
        </Group>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" c={waits ? undefined : 'dimmed'} fw={waits ? 500 : undefined} truncate>
            {last.direction === 'outbound' && t('you')}
            {said}
          </Text>
          {waits && (
            <Badge
              size="sm"
              circle={thread.unanswered < 10}
              variant="filled"
              title={t('unansweredCount', { count: thread.unanswered })}
              aria-label={t('unansweredCount', { count: thread.unanswered })}
              style={{ flex: 'none' }}
            >
              {thread.unanswered >= 100 ? '99+' : thread.unanswered}
            </Badge>
          )}
        </Group>
        {showsOwn && thread.own_number != null && (
          <Text size="xs" c="dimmed" truncate>
            {t('via', { number: phone(thread.own_number) })}
          </Text>
        )}
      </Stack>
    </Group>
  );
}
