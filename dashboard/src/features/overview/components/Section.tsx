// A part of the overview: its name, maybe a way to all of it, and what it holds.

import { Anchor, Group, Paper, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { useOverviewTexts } from '../text';

interface SectionProps {
  title: string;
  /** Where all of it is, with the list's filters. */
  to?: string;
  search?: Record<string, string>;
  children: ReactNode;
}

export function Section({ title, to, search, children }: SectionProps) {
  const t = useOverviewTexts();
  const id = useId();
  return (
    <Paper p="md" component="section" aria-labelledby={id} style={{ minWidth: 0 }}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} id={id}>
            {title}
          </Title>
          {to !== undefined && (
            <Anchor
              size="sm"
              aria-label={`${t('seeAll')}: ${title}`}
              renderRoot={(props) => <Link {...props} to={to} search={search as never} />}
            >
              {t('seeAll')}
            </Anchor>
          )}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
