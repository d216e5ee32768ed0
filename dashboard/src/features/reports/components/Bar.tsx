// Small pictures inside of tables. They repeat a number that stands beside them, so nobody has to see them.

import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface BarProps {
  /** Of the longest one. */
  share: number;
  color?: string;
  children: ReactNode;
}

/** A number with a bar below it. */
export function Bar({ share, color, children }: BarProps) {
  return (
    <div style={{ minWidth: 72 }}>
      <Text span inherit>
        {children}
      </Text>
      <div className="bar-track" aria-hidden>
        <div style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%`, background: color }} />
      </div>
    </div>
  );
}

interface Part {
  key: string;
  value: number;
  color: string;
  label: string;
}

/** Parts of a whole beside each other; pointing at one says what it is. */
export function Parts({ parts }: { parts: Part[] }) {
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  return (
    <Group gap={1} wrap="nowrap" h={10} miw={90} aria-hidden style={{ overflow: 'hidden', borderRadius: 3 }}>
      {parts
        .filter(({ value }) => value > 0)
        .map(({ key, value, color, label }) => (
          <div
            key={key}
            title={`${label}: ${value}`}
            style={{ width: `${(value / total) * 100}%`, height: '100%', background: color }}
          />
        ))}
    </Group>
  );
}
