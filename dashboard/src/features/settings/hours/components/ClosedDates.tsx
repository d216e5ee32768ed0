// Dates on which it is closed, whatever day they are. What is over is still shown until somebody takes it out.

import { Button, Group, Pill, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { language } from '@/i18n';
import { useHoursTexts } from '../text';

interface ClosedDatesProps {
  dates: string[];
  isLocked: boolean;
  onChange: (dates: string[]) => void;
}

/** A date has no zone: it is read and written as it stands. */
function shown(date: string): string {
  return new Intl.DateTimeFormat(language(), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${date}T00:00:00Z`));
}

export function ClosedDates({ dates, isLocked, onChange }: ClosedDatesProps) {
  const t = useHoursTexts();
  const [date, setDate] = useState('');
  const add = (): void => {
    if (date !== '') {
      onChange([...new Set([...dates, date])].sort());
      setDate('');
    }
  };
  return (
    <Stack gap="xs">
      <Title order={2}>{t('closedDates')}</Title>
      <Text size="sm" c="dimmed">
        {t('closedDatesAbout')}
      </Text>
      <Group gap={6}>
        {dates.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('noDates')}
          </Text>
        )}
        {dates.map((each) => (
          <Pill
            key={each}
            size="md"
            withRemoveButton={!isLocked}
            onRemove={() => onChange(dates.filter((held) => held !== each))}
            removeButtonProps={{
              'aria-label': t('removeDate', { date: shown(each) }),
              'aria-hidden': false,
              tabIndex: 0,
            }}
          >
            {shown(each)}
          </Pill>
        ))}
      </Group>
      {!isLocked && (
        <Group gap="xs" align="flex-end">
          <TextInput
            type="date"
            label={t('date')}
            value={date}
            onChange={(event) => setDate(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') {
                event.preventDefault();
                add();
              }
            }}
          />
          <Button variant="default" onClick={add} disabled={date === ''}>
            {t('addDate')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
