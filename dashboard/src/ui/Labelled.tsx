import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** A value with its name above it, where there is nothing to type. */
export function Labelled({ label, about, children }: { label: string; about?: string; children: ReactNode }) {
  return (
    <Stack gap={2} miw={0}>
      <Text size="sm" fw={500} component="div">
        {label}
      </Text>
      {about !== undefined && (
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      )}
      {children}
    </Stack>
  );
}
