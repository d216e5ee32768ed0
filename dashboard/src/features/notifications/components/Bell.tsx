// The bell of the header: how many are new, and the latest of them.

import { ActionIcon, Anchor, Box, Button, Divider, Group, Indicator, Popover, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { countLabel, markAllRead, useBell } from '../queries';
import { useNotificationTexts } from '../text';
import { NotificationLine } from './NotificationLine';

export function Bell() {
  const mayRead = useMay('workspace.read');
  return mayRead ? <OwnBell /> : null;
}

function OwnBell() {
  const t = useNotificationTexts();
  const bell = useBell();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const unread = bell?.unread_count ?? 0;
  const newest = bell?.data[0]?.id;
  return (
    <Popover width={360} position="bottom-end" shadow="md" trapFocus returnFocus opened={isOpen} onChange={close}>
      <Popover.Target>
        <ActionIcon
          size="lg"
          onClick={toggle}
          aria-label={unread === 0 ? t('bell') : t('bellUnread', { count: unread })}
        >
          <Indicator
            label={countLabel(unread)}
            disabled={unread === 0}
            size={16}
            offset={2}
            color="red"
            styles={{ indicator: { fontSize: 10, fontWeight: 650, paddingInline: 4 } }}
          >
            <IconBell size={20} stroke={1.7} />
          </Indicator>
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0} maw="calc(100vw - 16px)" aria-label={t('bell')}>
        <Group justify="space-between" px="md" pt="sm" pb={4} wrap="nowrap">
          <Text fw={620}>{t('latest')}</Text>
          {unread > 0 && newest !== undefined && (
            <Button size="compact-xs" variant="subtle" onClick={() => void markAllRead(newest).catch(toastFailed)}>
              {t('readAll')}
            </Button>
          )}
        </Group>
        <Box px="md" mih={72}>
          {bell !== undefined && bell.data.length === 0 && (
            <Text size="sm" c="dimmed" py="sm">
              {t('emptyBell')}
            </Text>
          )}
          {bell?.data.map((notification) => (
            <NotificationLine key={notification.id} notification={notification} onGo={close} />
          ))}
        </Box>
        <Divider />
        <Group justify="space-between" px="md" py="xs">
          <Anchor
            size="sm"
            renderRoot={(props) => <Link to={'/notifications' as LinkProps['to']} onClick={close} {...props} />}
          >
            {t('seeAll')}
          </Anchor>
          <Anchor
            size="sm"
            c="dimmed"
            renderRoot={(props) => (
              <Link to={'/settings/notifications' as LinkProps['to']} onClick={close} {...props} />
            )}
          >
            {t('rules')}
          </Anchor>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
