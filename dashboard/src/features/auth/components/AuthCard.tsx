// The frame of every page for visitors: one card in the middle, and nothing that distracts.

import { Center, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useAuthTexts } from '../text';

export function AuthCard({ title, children, below }: { title: string; children: ReactNode; below?: ReactNode }) {
  const t = useAuthTexts();
  useEffect(() => {
    document.title = `${title} · Switchboard`;
  }, [title]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack gap={6} align="center" ta="center">
          <img src="/icon.svg" width={44} height={44} alt="" />
          <Title order={1}>{title}</Title>
          <Text size="sm" c="dimmed">
            {t('tagline')}
          </Text>
        </Stack>
        <Paper p="lg" shadow="xs">
          {children}
        </Paper>
        {below !== undefined && (
          <Text size="sm" ta="center" component="div">
            {below}
          </Text>
        )}
      </Stack>
    </Center>
  );
}
