// What a telephone system has listed and we have not: reading a range of it again, and how far that has come.

import { Alert, Button, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CatchUp, ConnectionDetail } from '@/api/schema.gen';
import { count, day, dayKey } from '@/lib/format';
import { addDays, dayAfter, startOfDay } from '@/lib/zone';
import { useMay } from '@/session/me';
import { DatesFilter } from '@/ui/DatesFilter';
import { Ago } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { catchUpQuery, isGoing, readRange } from '../queries';
import { useConnectionTexts } from '../text';
import { Figure } from './ConnectionRow';
import { Section } from './Section';

/** Days that are read again unless somebody chooses others. */
const DAYS = 7;

export function CatchUpSection({ connection }: { connection: ConnectionDetail }) {
  const t = useConnectionTexts();
  const { id } = connection;
  const mayWrite = useMay('connections.write');
  const { data } = useQuery(catchUpQuery(id));
  const last = data?.last ?? undefined;
  return (
    <Section title={t('backfill')} about={t('backfillAbout')}>
      <Stack gap="md">
        {mayWrite && connection.status !== 'disabled' && <Range id={id} isBusy={isGoing(last)} />}
        {last !== undefined && <Standing last={last} />}
      </Stack>
    </Section>
  );
}

function Range({ id, isBusy }: { id: string; isBusy: boolean }) {
  const t = useConnectionTexts();
  const [[from, to], setDates] = useState<[string | undefined, string | undefined]>(() => {
    const today = dayKey(Date.now());
    return [addDays(today, 1 - DAYS), today];
  });
  const [isSending, setIsSending] = useState(false);
  const begin = async (): Promise<void> => {
    if (from === undefined) {
      return;
    }
    const end = startOfDay(dayAfter(to ?? from));
    // The end of today is in the future, where nothing can be asked for.
    const until = Date.parse(end) > Date.now() ? undefined : end;
    setIsSending(true);
    try {
      toastDone(t((await readRange(id, startOfDay(from), until)) ? 'backfillQueued' : 'catchUpRunning'));
    } catch (error) {
      toastFailed(error);
    } finally {
      setIsSending(false);
    }
  };
  return (
    <Group gap="sm">
      <DatesFilter from={from} to={to} onChange={(change) => setDates([change.from, change.to])} />
      <Button
        variant="default"
        leftSection={<IconHistory size={16} aria-hidden />}
        loading={isSending}
        disabled={from === undefined || isBusy}
        onClick={() => void begin()}
      >
        {t('backfillBegin')}
      </Button>
    </Group>
  );
}

function Standing({ last }: { last: CatchUp }) {
  const t = useConnectionTexts();
  const going = isGoing(last);
  const words = going ? 'backfillGoing' : last.state === 'done' ? 'backfillDone' : 'backfillFailed';
  return (
    <Stack gap="xs">
      {last.state === 'dead' && last.last_error != null && (
        <Alert color="red" role="alert">
          {last.last_error}
        </Alert>
      )}
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={550}>
          {t(words)}
          {last.is_nightly && ` · ${t('backfillNightly')}`}
        </Text>
        <Text size="sm" c="dimmed">
          <Ago at={last.updated_at} />
        </Text>
      </Group>
      <Progress
        value={last.percent}
        animated={going}
        color={last.state === 'dead' ? 'red' : undefined}
        aria-label={t('backfillProgress')}
      />
      {going && last.last_error != null && (
        <Text size="sm" c="dimmed">
          {t('backfillRetries', { why: last.last_error })}
        </Text>
      )}
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md">
        {last.from != null && <Figure label={t('backfillFrom')}>{day(last.from)}</Figure>}
        {last.until != null && <Figure label={t('backfillUntil')}>{day(last.until)}</Figure>}
        <Figure label={t('backfillCalls')}>{count(last.calls)}</Figure>
        <Figure label={t('backfillFound')}>{count(last.found)}</Figure>
      </SimpleGrid>
    </Stack>
  );
}
