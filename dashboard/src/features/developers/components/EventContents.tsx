// What was sent, as a tree and as it was; and what it says and what came of it.

import { Alert, Badge, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { CodeBlock } from '@/ui/code/CodeBlock';
import { JsonTree } from '@/ui/code/JsonTree';
import { claimed, isBranch } from '@/ui/code/json';
import { useEventTexts } from '../eventsText';
import type { Change, EventDetail } from '../queries';
import { Facts } from './Facts';
import { RecordLink } from './RecordLink';

interface TabProps {
  event: EventDetail;
}

/** Why there is nothing to show; `undefined` when there is something. */
function Withheld({ event }: TabProps) {
  const t = useEventTexts();
  return <Alert icon={<IconEyeOff size={18} />}>{event.is_erased ? t('erased') : t('withheld')}</Alert>;
}

function isHidden(event: EventDetail): boolean {
  return event.is_withheld || event.is_erased;
}

export function BodyTab({ event }: TabProps) {
  const t = useEventTexts();
  const [way, setWay] = useState('tree');
  const { body } = event;
  if (isHidden(event) || body == null) {
    return <Withheld event={event} />;
  }
  if (body.content === '') {
    return <Note>{t('emptyBody')}</Note>;
  }
  const hasTree = body.encoding === 'json' && isBranch(event.payload);
  return (
    <Stack gap="sm">
      {hasTree && (
        <SegmentedControl
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          aria-label={t('body')}
          value={way}
          onChange={setWay}
          data={[
            { value: 'tree', label: t('parsed') },
            { value: 'raw', label: t('raw') },
          ]}
        />
      )}
      {body.encoding === 'base64' && <Note>{t('base64')}</Note>}
      {hasTree && way === 'tree' ? (
        <JsonTree label={t('body')} value={event.payload} maxHeight="none" />
      ) : (
        <CodeBlock label={t('body')} code={body.content} maxHeight="none" />
      )}
    </Stack>
  );
}

export function HeadersTab({ event }: TabProps) {
  if (event.is_withheld || event.headers == null) {
    return <Withheld event={event} />;
  }
  const headers: [string, string][] = Object.entries(event.headers).map(([name, value]) => [name, String(value)]);
  return headers.length === 0 ? <Note>–</Note> : <Facts rows={headers} />;
}

export function FactsTab({ event }: TabProps) {
  const t = useEventTexts();
  if (isHidden(event)) {
    return <Withheld event={event} />;
  }
  if (event.facts_error != null) {
    return <Alert color="red">{t('factsFailed', { reason: event.facts_error })}</Alert>;
  }
  const facts = event.facts ?? [];
  return (
    <Stack gap="sm">
      <Note>{facts.length === 0 ? t('noFacts') : t('factsNote')}</Note>
      {facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts have no other name than their place
        <JsonTree key={index} label={`${t('facts')} ${index + 1}`} value={claimed(fact)} maxHeight="none" />
      ))}
    </Stack>
  );
}

export function ChangesTab({ event }: TabProps) {
  const t = useEventTexts();
  if (event.is_withheld) {
    return <Withheld event={event} />;
  }
  const changes = event.changes ?? [];
  return (
    <Stack gap="sm">
      <Note>{changes.length === 0 ? t('noChanges') : t('changesNote')}</Note>
      {changes.map((change) => (
        <ChangeCard key={change.seq} change={change} />
      ))}
    </Stack>
  );
}

function ChangeCard({ change }: { change: Change }) {
  const t = useEventTexts();
  return (
    <Paper p="sm">
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
          #{change.seq}
        </Text>
        <Badge color="gray" style={{ flex: 'none' }}>
          {t(change.kind)} {t(change.verb)}
        </Badge>
        <RecordLink kind={change.kind} id={change.id} />
      </Group>
      {change.to_state != null && (
        <Text size="sm" mt={4}>
          {change.from_state == null ? change.to_state : `${change.from_state} → ${change.to_state}`}
        </Text>
      )}
      {change.fields.length > 0 && (
        <Text size="xs" c="dimmed" mt={4} ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {change.fields.join(', ')}
        </Text>
      )}
    </Paper>
  );
}

function Note({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
