// What is known of an event apart from its contents: why it was believed, what was tried, which records it is about.

import { Alert, Anchor, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ago, bytes, fullTime } from '@/lib/format';
import { useEventTexts } from '../eventsText';
import { connectionsQuery, type EventDetail, type Job } from '../queries';
import { Facts } from './Facts';
import { JobState } from './JobState';
import { RecordLink } from './RecordLink';

export function EventSummary({ event }: { event: EventDetail }) {
  const t = useEventTexts();
  const { data: connections } = useQuery(connectionsQuery);
  const connection = connections?.data.find(({ id }) => id === event.connection_id);
  return (
    <Stack gap="lg">
      {event.last_error != null && event.status !== 'processed' && (
        <Alert color={event.status === 'dead' ? 'red' : 'yellow'} icon={<IconAlertTriangle size={18} />}>
          {event.last_error}
        </Alert>
      )}
      <Facts
        rows={[
          [t('received'), fullTime(event.received_at)],
          [t('happened'), event.occurred_at == null ? '–' : fullTime(event.occurred_at)],
          [t('connection'), connection?.name ?? event.connection_id],
          [t('provider'), event.provider],
          [
            t('aboutId'),
            <span key="id" style={{ fontFamily: 'var(--mantine-font-family-monospace)' }}>
              {event.external_id ?? '–'}
            </span>,
          ],
          [t('size'), bytes(event.body_bytes)],
          [t('verdict'), t(event.verdict)],
          [t('readBy'), <ReadBy key="by" event={event} />],
          [
            t('delivery'),
            <span key="delivery" style={{ fontFamily: 'var(--mantine-font-family-monospace)' }}>
              {event.delivery_id}
            </span>,
          ],
        ]}
      />
      <Attempts work={event.work} />
      {event.records != null && <Records event={event} />}
    </Stack>
  );
}

function ReadBy({ event }: { event: EventDetail }) {
  const t = useEventTexts();
  const { normalize_version: version, normalize_version_now: now } = event;
  return now == null || now === version ? t('version', { version }) : t('versionOld', { version, now });
}

function Attempts({ work }: { work: Job[] }) {
  const t = useEventTexts();
  return (
    <Stack gap="xs">
      <Title order={3}>{t('attempts')}</Title>
      {work.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('noAttempts')}
        </Text>
      )}
      {work.map((job) => (
        <Paper key={job.id} p="sm">
          <Group gap="xs" justify="space-between">
            <Group gap="xs">
              <JobState state={job.state} />
              <Text size="sm">{t('attempt', { attempts: job.attempts, most: job.max_attempts })}</Text>
              {job.state === 'ready' && (
                <Text size="sm" c="dimmed">
                  {t('nextAttempt', { when: ago(job.run_at) })}
                </Text>
              )}
            </Group>
            <Anchor
              size="xs"
              renderRoot={(props) => (
                <Link to="/developers/jobs" search={{ state: job.state, open: job.id }} {...props} />
              )}
            >
              {t('showJob')}
            </Anchor>
          </Group>
          {job.last_error != null && (
            <Text size="sm" mt={6} style={{ overflowWrap: 'anywhere' }}>
              {job.last_error}
            </Text>
          )}
        </Paper>
      ))}
    </Stack>
  );
}

function Records({ event }: { event: EventDetail }) {
  const t = useEventTexts();
  const records = event.records ?? [];
  return (
    <Stack gap="xs">
      <Title order={3}>{t('records')}</Title>
      {records.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('noRecords')}
        </Text>
      )}
      {records.map(({ kind, id }) => (
        <Group key={id} gap="xs" wrap="nowrap">
          <Badge color="gray" style={{ flex: 'none' }}>
            {t(kind)}
          </Badge>
          <RecordLink kind={kind} id={id} />
        </Group>
      ))}
    </Stack>
  );
}
