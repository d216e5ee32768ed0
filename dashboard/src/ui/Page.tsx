// The frame of every page: its name, what can be done here, and the contents.

import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

interface PageProps {
  title: string;
  /** One line below the name, where the name does not say it all. */
  about?: ReactNode;
  /** Buttons at the right; they wrap below the name on a phone. */
  actions?: ReactNode;
  /** A link back to the list, above the name. */
  above?: ReactNode;
  /** The contents fill the height that is left and scroll by themselves, as long lists do. */
  isFull?: boolean;
  children: ReactNode;
}

export function Page({ title, about, actions, above, isFull = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Switchboard`;
  }, [title]);
  return (
    <Stack
      gap="md"
      h={isFull ? 'calc(100dvh - var(--app-shell-header-height, 0px) - 2 * var(--app-shell-padding))' : undefined}
      mih={isFull ? 360 : undefined}
    >
      <Group justify="space-between" align="flex-end" gap="sm" wrap="wrap">
        <Box miw={0} style={{ flex: '1 1 16rem' }}>
          {above}
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {about !== undefined && (
            <Text c="dimmed" size="sm" component="div">
              {about}
            </Text>
          )}
        </Box>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {isFull ? <Box style={{ flex: 1, minHeight: 0 }}>{children}</Box> : children}
    </Stack>
  );
}
