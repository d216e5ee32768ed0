// The frame of every page for visitors: one card in the middle, and nothing that distracts.

import { Anchor, Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { LANGUAGES, type Language, setLanguage, useLanguage } from '@/i18n';
import { useAuthTexts } from '../text';

interface AuthCardProps {
  title: string;
  /** One line below the title; what the product is, unless said. */
  about?: ReactNode;
  children: ReactNode;
  below?: ReactNode;
}

export function AuthCard({ title, about, children, below }: AuthCardProps) {
  const t = useAuthTexts();
  useEffect(() => {
    document.title = `${title} · Switchboard`;
  }, [title]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack gap={6} align="center" ta="center">
          <img src="/icon.svg" width={44} height={44} alt="" />
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          <Text size="sm" c="dimmed" component="div">
            {about ?? t('tagline')}
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
        <LanguageLinks />
      </Stack>
    </Center>
  );
}

function LanguageLinks() {
  const current = useLanguage();
  const others = Object.entries(LANGUAGES).filter(([code]) => code !== current);
  return (
    <Group justify="center" gap="sm">
      {others.map(([code, name]) => (
        <Anchor
          key={code}
          component="button"
          type="button"
          size="xs"
          c="dimmed"
          lang={code}
          onClick={() => setLanguage(code as Language)}
        >
          {name}
        </Anchor>
      ))}
    </Group>
  );
}
