// What the colours of a chart are. Words that wrap, on a phone too, in the order in which the parts are stacked.

import { Group, Text } from '@mantine/core';

interface LegendProps {
  items: { name: string; label: string; color: string; isDashed?: boolean }[];
}

export function Legend({ items }: LegendProps) {
  return (
    <Group justify="center" mt="xs" style={{ gap: '4px 16px' }}>
      {items.map(({ name, label, color, isDashed }) => (
        <Group key={name} gap={6} wrap="nowrap">
          <span
            style={
              isDashed
                ? { width: 14, borderTop: `2px dashed ${color}` }
                : { width: 10, height: 10, borderRadius: 3, background: color }
            }
          />
          <Text size="xs">{label}</Text>
        </Group>
      ))}
    </Group>
  );
}
