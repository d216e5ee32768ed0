// The smaller parts beside a call: its contact, its voicemail, texts that followed it, and where the raw events are.

import { Anchor, Badge, Button, Group, type MantineColor, Stack, Text } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { phone } from '@/lib/format';
import { useMay } from '@/session/me';
import { CopyIcon } from '@/ui/Copy';
import { When } from '@/ui/Times';
import { toastFailed } from '@/ui/toast';
import { sides } from '../outcome';
import { type CallDetail, markHeard, type OutgoingMessage, textsQuery } from '../queries';
import { useCallTexts } from '../text';
import { Panel } from './Panel';
import { Audio } from './SoundPanel';

export function ContactPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const { theirs } = sides(call);
  return (
    <Panel title={t('contact')}>
      <Stack gap={6}>
        {call.contact_id == null ? (
          <Text size="sm" c="dimmed">
            {t('noContact')}
          </Text>
        ) : (
          <Anchor
            fw={550}
            size="sm"
            truncate
            title={call.contact_name ?? undefined}
            renderRoot={(props) => <Link to="/contacts/$id" params={{ id: call.contact_id ?? '' }} {...props} />}
          >
            {call.contact_name ?? t('contactOpen')}
          </Anchor>
        )}
        {theirs != null && (
          <Group gap={4}>
            <Text size="sm">{phone(theirs)}</Text>
            <CopyIcon value={theirs} />
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

export function VoicemailPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const mayWrite = useMay('records.write');
  const [isBusy, setBusy] = useState(false);
  const voicemail = call.voicemail;
  if (voicemail == null) {
    return null;
  }
  const audio = call.recordings.find(({ kind }) => kind === 'voicemail');
  const toggle = async (): Promise<void> => {
    setBusy(true);
    try {
      await markHeard(voicemail.id, !voicemail.is_heard);
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t('voicemail')}
      actions={
        <Group gap="xs">
          {!voicemail.is_heard && <Badge color="violet">{t('newVoicemail')}</Badge>}
          {mayWrite && (
            <Button size="compact-sm" variant="subtle" color="gray" loading={isBusy} onClick={() => void toggle()}>
              {voicemail.is_heard ? t('unheardMark') : t('heardMark')}
            </Button>
          )}
        </Group>
      }
    >
      <Stack gap="sm">
        {audio !== undefined && <Audio recording={audio} />}
        {voicemail.transcript != null && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {voicemail.transcript}
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

const TEXT_LOOKS: Record<
  OutgoingMessage['status'],
  [MantineColor, `text${'Queued' | 'Sending' | 'Sent' | 'Failed' | 'Unknown'}`]
> = {
  queued: ['gray', 'textQueued'],
  sending: ['blue', 'textSending'],
  sent: ['teal', 'textSent'],
  failed: ['red', 'textFailed'],
  unknown: ['orange', 'textUnknown'],
};

/** Texts that somebody sent after the call, and what became of them. */
export function TextsPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const { data } = useQuery(textsQuery(call.id));
  const texts = data?.data ?? [];
  if (texts.length === 0) {
    return null;
  }
  return (
    <Panel title={t('texts')}>
      <Stack gap="sm">
        {texts.map((text) => {
          const [color, word] = TEXT_LOOKS[text.status];
          return (
            <Stack key={text.id} gap={2}>
              <Group justify="space-between" wrap="nowrap">
                <Text size="xs" c="dimmed" truncate>
                  {text.author.name} · <When at={text.created_at} />
                </Text>
                <Badge color={color} size="sm" style={{ flex: 'none' }}>
                  {t(word)}
                </Badge>
              </Group>
              {text.text != null && (
                <Text size="sm" lineClamp={4} style={{ overflowWrap: 'anywhere' }}>
                  {text.text}
                </Text>
              )}
              {text.problem != null && (
                <Text size="xs" c="dimmed">
                  {text.problem}
                </Text>
              )}
            </Stack>
          );
        })}
      </Stack>
    </Panel>
  );
}

/** What the provider sent, for those who want to know exactly. */
export function EventsPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const mayRead = useMay('events.read');
  if (!mayRead) {
    return null;
  }
  // The log knows the provider's id of each leg, and not ours of the call.
  const ids = [...new Set(call.legs.map(({ external_id }) => external_id))].join(',');
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      style={{ alignSelf: 'flex-start' }}
      leftSection={<IconListDetails size={15} />}
      title={t('eventsAbout')}
      renderRoot={(props) => <Link to="/developers/events" search={{ external_id: ids }} {...props} />}
    >
      {t('events')}
    </Button>
  );
}
