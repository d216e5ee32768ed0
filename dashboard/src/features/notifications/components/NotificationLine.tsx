// One notification: what it says, and whether it is new. Two lines, in the bell and on a phone.

import { Badge, Box, Group, Text } from '@mantine/core';
import {
  type Icon,
  IconChartArrowsVertical,
  IconEar,
  IconKey,
  IconMoodSad,
  IconPhoneX,
  IconPlugConnectedX,
  IconRecordMail,
} from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { Ago } from '@/ui/Times';
import { markRead, type Notification, type NotificationFinding } from '../queries';
import { useNotificationTexts } from '../text';
import { targetOf, wordsOf } from '../words';

const ICONS: Record<NotificationFinding['kind'], Icon> = {
  missed_call_spike: IconPhoneX,
  low_answer_rate: IconChartArrowsVertical,
  connection_silent: IconPlugConnectedX,
  credential_expiring: IconKey,
  voicemail_received: IconRecordMail,
  keyword_heard: IconEar,
  negative_sentiment: IconMoodSad,
};

export function KindIcon({ kind }: { kind: NotificationFinding['kind'] }) {
  const Glyph = ICONS[kind];
  return <Glyph size={18} stroke={1.7} aria-hidden style={{ flexShrink: 0 }} />;
}

/** The dot of what is new, with a word for who cannot see it. */
export function NewDot({ isRead }: { isRead: boolean }) {
  const t = useNotificationTexts();
  return (
    <Box w={8} h={8} style={{ flexShrink: 0 }}>
      {!isRead && (
        <Box w={8} h={8} bg="var(--mantine-primary-color-filled)" style={{ borderRadius: 99 }}>
          <span className="sr-only">{t('unread')}</span>
        </Box>
      )}
    </Box>
  );
}

/** Leads to what it is about, and is read by that. */
export function NotificationLink({ notification, onGo }: { notification: Notification; onGo?: () => void }) {
  const t = useNotificationTexts();
  const { title } = wordsOf(notification, t);
  return (
    <Text
      size="sm"
      fw={notification.is_read ? 450 : 620}
      truncate
      title={title}
      renderRoot={(props) => (
        <Link
          to={targetOf(notification.finding) as LinkProps['to']}
          onClick={() => {
            if (!notification.is_read) {
              void markRead(notification.id);
            }
            onGo?.();
          }}
          {...props}
          style={{ ...props.style, color: 'inherit', textDecoration: 'none' }}
        />
      )}
    >
      {title}
    </Text>
  );
}

export function NotificationLine({ notification, onGo }: { notification: Notification; onGo?: () => void }) {
  const t = useNotificationTexts();
  const { text } = wordsOf(notification, t);
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start" py={6}>
      <Box pt={7}>
        <NewDot isRead={notification.is_read} />
      </Box>
      <Box pt={2} c="dimmed">
        <KindIcon kind={notification.finding.kind} />
      </Box>
      <Box miw={0} style={{ flex: 1 }}>
        <Group gap={6} wrap="nowrap">
          <NotificationLink notification={notification} onGo={onGo} />
          {notification.is_test && (
            <Badge size="xs" color="gray" style={{ flexShrink: 0 }}>
              {t('test')}
            </Badge>
          )}
        </Group>
        <Group gap={6} wrap="nowrap" justify="space-between">
          <Text size="xs" c="dimmed" truncate title={text}>
            {text}
          </Text>
          <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
            <Ago at={notification.created_at} />
          </Text>
        </Group>
      </Box>
    </Group>
  );
}
