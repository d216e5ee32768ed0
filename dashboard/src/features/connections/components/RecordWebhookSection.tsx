// Where a telephone system sends its call records: what to enter there, another password, and a call to try it with.

import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconPhonePlus, IconRotate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { day } from '@/lib/format';
import { firstWebhook } from '@/session/firstWebhook';
import { useMay } from '@/session/me';
import { CopyField } from '@/ui/Copy';
import { Confirm } from '@/ui/confirm';
import { type ConnectionDetail, recordWebhookQuery, replacePassword, sendTestCall } from '../queries';
import { useConnectionTexts } from '../text';
import { Section } from './Section';

export function RecordWebhookSection({ connection }: { connection: ConnectionDetail }) {
  const t = useConnectionTexts();
  const mayWrite = useMay('connections.write');
  const [isAsking, setAsking] = useState(false);
  const [issued, setIssued] = useState(() => firstWebhook(connection.id));
  const { data: webhook } = useQuery(recordWebhookQuery(connection.id));
  const since = webhook?.password_set_at;
  return (
    <Section
      title={t('records')}
      about={t('recordsAbout')}
      actions={
        mayWrite && (
          <>
            <TestCallButton id={connection.id} />
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRotate size={15} aria-hidden />}
              onClick={() => setAsking(true)}
            >
              {t('newPassword')}
            </Button>
          </>
        )
      }
    >
      <Stack gap="xs">
        <Labelled label={t('recordsAddress')} value={issued?.url ?? webhook?.url} />
        <Labelled label={t('recordsUser')} value={issued?.username ?? webhook?.username} />
        {issued !== undefined && (
          <Alert color="teal" role="status">
            <Stack gap="xs">
              <Text size="sm">{t('passwordShown')}</Text>
              <CopyField value={issued.password} label={t('recordsPassword')} />
            </Stack>
          </Alert>
        )}
        <Text size="sm" c="dimmed">
          {since == null ? t('passwordNone') : t('passwordSince', { date: day(since) })}{' '}
          {webhook?.previous_until != null && t('passwordBefore', { date: day(webhook.previous_until) })}
        </Text>
      </Stack>
      <Confirm
        title={t('newPassword')}
        deed={t('rotateDeed')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => setIssued(await replacePassword(connection.id))}
      >
        {t('newPasswordAbout')}
      </Confirm>
    </Section>
  );
}

function Labelled({ label, value }: { label: string; value: string | null | undefined }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <CopyField value={value ?? '–'} label={label} />
    </div>
  );
}

/** Sends a made-up call the way the telephone system's own go, and leads to what became of it. */
function TestCallButton({ id }: { id: string }) {
  const t = useConnectionTexts();
  const [isSending, setSending] = useState(false);
  const [call, setCall] = useState<string>();
  const send = async () => {
    setSending(true);
    try {
      setCall(await sendTestCall(id));
    } finally {
      setSending(false);
    }
  };
  return (
    <Group gap="xs">
      {call !== undefined && (
        <Button
          size="xs"
          variant="subtle"
          renderRoot={(props) => <Link to="/calls/$id" params={{ id: call }} {...props} />}
        >
          {t('testCallShow')}
        </Button>
      )}
      <Button
        size="xs"
        variant="light"
        leftSection={<IconPhonePlus size={15} aria-hidden />}
        loading={isSending}
        onClick={() => void send()}
      >
        {t('testCall')}
      </Button>
    </Group>
  );
}
