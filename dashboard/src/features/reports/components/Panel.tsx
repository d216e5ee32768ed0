// A part of a report: its name, how it is counted, and what can be done with it.

import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import type { How as HowWord } from '../howText';
import { How } from './How';

interface PanelProps {
  title: string;
  about?: ReactNode;
  how?: readonly HowWord[];
  /** Small controls at the right of the name. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, about, how, actions, children }: PanelProps) {
  const id = useId();
  return (
    <Paper p="md" component="section" aria-labelledby={id} style={{ minWidth: 0 }}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Group gap={4} wrap="nowrap">
              <Title order={2} id={id}>
                {title}
              </Title>
              {how !== undefined && <How title={title} of={how} />}
            </Group>
            {about !== undefined && (
              <Text size="sm" c="dimmed" component="div">
                {about}
              </Text>
            )}
          </div>
          {actions !== undefined && (
            <Group gap={6} className="no-print">
              {actions}
            </Group>
          )}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
