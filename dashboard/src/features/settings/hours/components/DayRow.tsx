// One day of the week: a switch, and its spans.

import { ActionIcon, Box, Group, Stack, Switch, Text, Tooltip } from '@mantine/core';
import { TimeInput } from '@mantine/dates';
import { IconCopy, IconPlus, IconX } from '@tabler/icons-react';
import { type Day, faults, MOST_SPANS, nextSpan, OFFICE, type Span } from '../hours';
import { useHoursTexts } from '../text';
import style from './DayRow.module.css';

interface DayRowProps {
  day: Day;
  spans: Span[];
  isLocked: boolean;
  onChange: (spans: Span[]) => void;
  /** Takes these hours for Monday to Friday; left out where that makes no sense. */
  onCopy?: () => void;
}

export function DayRow({ day, spans, isLocked, onChange, onCopy }: DayRowProps) {
  const t = useHoursTexts();
  const name = t(day);
  const wrong = faults(spans);
  const put = (index: number, span: Span): void => onChange(spans.map((each, at) => (at === index ? span : each)));
  return (
    <Group
      align="flex-start"
      gap="md"
      py="xs"
      wrap="wrap"
      style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
      role="group"
      aria-label={name}
    >
      <Switch
        w={140}
        mt={7}
        label={name}
        aria-label={t('isOpen', { day: name })}
        checked={spans.length > 0}
        disabled={isLocked}
        onChange={(event) => onChange(event.currentTarget.checked ? [{ ...OFFICE }] : [])}
      />
      <Stack gap="xs" style={{ flex: '1 1 220px' }}>
        {spans.length === 0 && (
          <Text size="sm" c="dimmed" lh="36px">
            {t('closed')}
          </Text>
        )}
        {spans.map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no name but their place
          <Box key={index}>
            <Group gap={6} wrap="nowrap">
              <TimeInput
                w={112}
                classNames={{ input: style.time }}
                aria-label={t('from', { day: name })}
                value={span.from}
                disabled={isLocked}
                error={wrong[index] !== undefined}
                onChange={(event) => put(index, { ...span, from: event.currentTarget.value })}
              />
              <Text c="dimmed" aria-hidden>
                –
              </Text>
              <TimeInput
                w={112}
                classNames={{ input: style.time }}
                aria-label={t('to', { day: name })}
                value={span.to}
                disabled={isLocked}
                error={wrong[index] !== undefined}
                onChange={(event) => put(index, { ...span, to: event.currentTarget.value })}
              />
              {!isLocked && spans.length > 1 && (
                <ActionIcon
                  aria-label={t('removeSpan', { day: name, from: span.from, to: span.to })}
                  onClick={() => onChange(spans.filter((_, at) => at !== index))}
                >
                  <IconX size={16} />
                </ActionIcon>
              )}
            </Group>
            {wrong[index] !== undefined && (
              <Text size="xs" c="red" mt={2} role="alert">
                {t(wrong[index])}
              </Text>
            )}
          </Box>
        ))}
      </Stack>
      {!isLocked && spans.length > 0 && (
        <Group gap={2} mt={4}>
          {spans.length < MOST_SPANS && (
            <Tooltip label={t('addSpan', { day: name })}>
              <ActionIcon
                aria-label={t('addSpan', { day: name })}
                onClick={() => onChange([...spans, nextSpan(spans)])}
              >
                <IconPlus size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          {onCopy !== undefined && (
            <Tooltip label={t('copyToWeekdays')}>
              <ActionIcon aria-label={t('copyFrom', { day: name })} onClick={onCopy}>
                <IconCopy size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      )}
    </Group>
  );
}
