// What stands where nothing is: why, and what to do next.

import { Center, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: Icon;
  title: string;
  children?: ReactNode;
  /** Buttons or links that lead on. */
  action?: ReactNode;
  /** It is all there is on the page, and so its name. */
  isPage?: boolean;
}

export function EmptyState({ icon: Glyph, title, children, action, isPage = false }: EmptyStateProps) {
  return (
    <Center mih={220} p="xl">
      <Stack align="center" gap="sm" maw={440} ta="center">
        <ThemeIcon size={48} radius="xl" variant="light" color="gray" aria-hidden>
          <Glyph size={24} stroke={1.6} />
        </ThemeIcon>
        <Title order={isPage ? 1 : 2}>{title}</Title>
        {children !== undefined && (
          <Text c="dimmed" size="sm" component="div">
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  );
}
