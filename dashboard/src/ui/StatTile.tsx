// One number, beside what it was before.

import { Anchor, Group, Paper, Stack, Text, Tooltip } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconInfoCircle, IconMinus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { defineTexts } from '@/i18n';
import type { Comparison } from '@/lib/compare';
import { percent } from '@/lib/format';

const { useTexts: useTileTexts } = defineTexts('stat-tile', {
  en: { points: '{{points}} points' },
  es: { points: '{{points}} puntos' },
});

interface StatTileProps {
  label: string;
  /** What exactly it counts. */
  hint: string;
  value: ReactNode;
  /** A word below the number: its parts. */
  detail?: string;
  compared?: Comparison;
  /** The difference is in points of a hundred. */
  inPoints?: boolean;
  /** What it was before, in words. */
  before?: string;
  /** In the place of a difference where there is none. */
  same?: string;
  /** Where what is counted is listed. */
  to?: string;
  search?: Record<string, string>;
}

export function StatTile(props: StatTileProps) {
  const { label, hint, value, detail, compared, inPoints = false, before, same, to, search } = props;
  return (
    <Paper p="md" role="group" aria-label={label}>
      <Stack gap={4} h="100%">
        <Group gap={6} wrap="nowrap" justify="space-between">
          <Text size="sm" c="dimmed" truncate title={label}>
            {to === undefined ? (
              label
            ) : (
              <Anchor inherit c="inherit" renderRoot={(props) => <Link {...props} to={to} search={search as never} />}>
                {label}
              </Anchor>
            )}
          </Text>
          <Tooltip label={hint} multiline w={260} events={{ hover: true, focus: true, touch: true }}>
            <Text span c="dimmed" lh={0} tabIndex={0} role="note" aria-label={hint}>
              <IconInfoCircle size={15} stroke={1.6} aria-hidden />
            </Text>
          </Tooltip>
        </Group>
        <Text fz={26} fw={640} lh={1.2} component="div">
          {value}
        </Text>
        <Text size="xs" c="dimmed" mih={18} truncate title={detail}>
          {detail}
        </Text>
        <Trend compared={compared} inPoints={inPoints} before={before} same={same} />
      </Stack>
    </Paper>
  );
}

const SIGNS = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconMinus };

function Trend({ compared, inPoints, before, same }: Pick<StatTileProps, 'compared' | 'inPoints' | 'before' | 'same'>) {
  const t = useTileTexts();
  if (compared === undefined && before === undefined) {
    return null;
  }
  if (compared === undefined) {
    return (
      <Text size="xs" c="dimmed" mih={18}>
        {before}
      </Text>
    );
  }
  const Sign = SIGNS[compared.way];
  const color = compared.isGood === undefined ? 'dimmed' : compared.isGood ? 'teal' : 'red';
  return (
    <Group gap={4} wrap="nowrap" mih={18}>
      <Text span c={color} lh={0} style={shade(color)}>
        <Sign size={15} aria-hidden />
      </Text>
      <Text size="xs" truncate title={before} style={{ minWidth: 0 }}>
        {compared.way !== 'same' && (
          <Text span inherit fw={600} style={shade(color)}>
            {amount(compared, inPoints === true, t)}{' '}
          </Text>
        )}
        <Text span inherit c="dimmed">
          {compared.way === 'same' ? (same ?? before) : before}
        </Text>
      </Text>
    </Group>
  );
}

/** Green and red that can be read on both backgrounds. */
function shade(color: string): { color?: string } {
  return color === 'dimmed'
    ? {}
    : { color: `light-dark(var(--mantine-color-${color}-9), var(--mantine-color-${color}-4))` };
}

function amount({ by }: Comparison, inPoints: boolean, t: ReturnType<typeof useTileTexts>): string {
  if (by === undefined) {
    return '';
  }
  const sign = by > 0 ? '+' : '−';
  return inPoints
    ? t('points', { points: `${sign}${Math.round(Math.abs(by) * 100)}` })
    : `${sign}${percent(Math.abs(by))}`;
}
