// The links to a call: who made them, until when, how often somebody looked.

import { Button, Divider, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fullTime } from '@/lib/format';
import { useNow } from '@/lib/useNow';
import { useMay } from '@/session/me';
import { Failure } from '@/ui/Failure';
import { toastDone, toastFailed } from '@/ui/toast';
import { type CallShare, revokeShare, sharesQuery } from '../queries';
import { useCallTexts } from '../text';

export function ShareLinks({ callId }: { callId: string }) {
  const t = useCallTexts();
  const { data, error } = useQuery(sharesQuery(callId));
  if (error !== null) {
    return <Failure error={error} />;
  }
  const links = data?.data ?? [];
  if (links.length === 0) {
    return null;
  }
  return (
    <Stack gap="sm">
      <Divider />
      <Text size="sm" fw={600}>
        {t('shareLinks')}
      </Text>
      {links.map((link) => (
        <Link key={link.id} callId={callId} link={link} />
      ))}
    </Stack>
  );
}

function Link({ callId, link }: { callId: string; link: CallShare }) {
  const t = useCallTexts();
  const mayWrite = useMay('records.write');
  const now = useNow(60_000);
  const [isBusy, setBusy] = useState(false);
  const isOpen = link.revoked_at == null && Date.parse(link.expires_at) > now;
  const names = { recording: t('shareRecording'), transcript: t('shareTranscript'), summary: t('shareSummary') };
  const until =
    link.revoked_at != null
      ? t('shareRevoked')
      : isOpen
        ? t('shareUntil', { time: fullTime(link.expires_at) })
        : t('shareEnded');
  const revoke = async (): Promise<void> => {
    setBusy(true);
    try {
      await revokeShare(callId, link.id);
      toastDone(t('didRevoke'));
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
      <Stack gap={0} miw={0}>
        <Text size="sm" truncate c={isOpen ? undefined : 'dimmed'}>
          {link.include.map((item) => names[item]).join(', ')}
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {[link.email, link.author.name, until].filter((part) => part != null).join(' · ')}
          {link.look_count > 0 && ` · ${t('looks', { count: link.look_count })}`}
        </Text>
      </Stack>
      {isOpen && mayWrite && (
        <Button size="compact-xs" variant="light" color="red" loading={isBusy} onClick={() => void revoke()}>
          {t('revoke')}
        </Button>
      )}
    </Group>
  );
}
