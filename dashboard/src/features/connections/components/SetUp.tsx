// The second half of setting up: check, create webhooks, see the first event arrive. Gone once events come in.

import { Alert, Button, Group, Loader, Stack, Text, Timeline } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { explain } from '@/ui/Failure';
import {
  type ConnectionActivity,
  type ConnectionDetail,
  checkConnection,
  connectionsChanged,
  driftQuery,
  firstEventQuery,
  repair,
} from '../queries';
import { useConnectionTexts } from '../text';
import { stepOf } from '../words';
import { Section } from './Section';
import { SignInButton } from './SignInButton';

interface SetUpProps {
  connection: ConnectionDetail;
  activity: ConnectionActivity | undefined;
  name: string;
  delivers: boolean;
  isDialpad: boolean;
}

/** How often the first event is looked for, ms. There is no live word of an event that became no record. */
const LOOK_EVERY = 2_000;

export function SetUp({ connection, activity, name, delivers, isDialpad }: SetUpProps) {
  const t = useConnectionTexts();
  const { id } = connection;
  const isChecked = connection.status === 'connected';
  const isOver = activity?.last_event_at != null || (!delivers && isChecked);
  const webhooks = useQuery({ ...driftQuery(id), enabled: isDialpad && isChecked && !isOver });
  const hasWebhooks = !isDialpad || (webhooks.data?.data.length ?? 0) > 0;
  const events = useQuery({
    ...firstEventQuery(id),
    enabled: delivers && hasWebhooks && isChecked && !isOver,
    refetchInterval: LOOK_EVERY,
  });
  const first = events.data?.data[0];
  const hasEvent = first !== undefined;
  useEffect(() => {
    if (hasEvent) {
      void connectionsChanged();
    }
  }, [hasEvent]);
  if (isOver) {
    return null;
  }
  const step = stepOf(connection.status, hasWebhooks, hasEvent);
  return (
    <Section title={t('setUp')} about={delivers ? t('setUpAbout') : undefined}>
      <Timeline active={step - 1} bulletSize={28} lineWidth={2} mt="xs">
        <Timeline.Item title={t('stepCheck')} bullet={<Bullet number={1} isDone={step > 0} />}>
          <CheckStep connection={connection} name={name} isOpen={step === 0} isDialpad={isDialpad} />
        </Timeline.Item>
        {isDialpad && (
          <Timeline.Item title={t('stepWebhooks')} bullet={<Bullet number={2} isDone={step > 1} />}>
            <WebhookStep id={id} name={name} isOpen={step === 1} isDone={step > 1} />
          </Timeline.Item>
        )}
        {delivers && (
          <Timeline.Item title={t('stepFirst')} bullet={<Bullet number={isDialpad ? 3 : 2} isDone={step > 2} />}>
            <FirstStep isOpen={step === 2} type={first?.event_type} />
          </Timeline.Item>
        )}
      </Timeline>
    </Section>
  );
}

function Bullet({ number, isDone }: { number: number; isDone: boolean }) {
  return isDone ? <IconCheck size={16} aria-hidden /> : <span aria-hidden>{number}</span>;
}

/** Runs a step's deed and keeps why it failed beside its button. */
function useDeed(deed: () => Promise<unknown>) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      await deed();
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, failure, run: () => void run() };
}

function CheckStep({
  connection,
  name,
  isOpen,
  isDialpad,
}: {
  connection: ConnectionDetail;
  name: string;
  isOpen: boolean;
  isDialpad: boolean;
}) {
  const t = useConnectionTexts();
  const [found, setFound] = useState<string>();
  const { isBusy, failure, run } = useDeed(async () => {
    const checked = await checkConnection(connection.id);
    setFound(checked?.works === null ? `${t('checkUnknown', { name })} ${checked.found}` : undefined);
  });
  if (!isOpen) {
    const account = connection.account_name;
    return (
      <Text size="sm" c="dimmed" mt={4}>
        {account == null ? t('checkWorks', { name }) : t('checkWorksFor', { name, account })}
      </Text>
    );
  }
  const problem = failure ?? found ?? connection.last_error ?? undefined;
  return (
    <Stack gap="sm" mt={4}>
      <Text size="sm" c="dimmed">
        {t('stepCheckAbout', { name })}
      </Text>
      {problem !== undefined && (
        <Alert color="red" p="xs" role="alert">
          {problem}
        </Alert>
      )}
      <Group gap="sm">
        <Button size="xs" loading={isBusy} onClick={run}>
          {t('check')}
        </Button>
        {isDialpad && (
          <>
            <Text size="sm">{t('or')}</Text>
            <SignInButton connection={connection} name={name} size="xs" />
          </>
        )}
      </Group>
    </Stack>
  );
}

function WebhookStep({ id, name, isOpen, isDone }: { id: string; name: string; isOpen: boolean; isDone: boolean }) {
  const t = useConnectionTexts();
  const { isBusy, failure, run } = useDeed(() => repair(id));
  return (
    <Stack gap="sm" mt={4}>
      <Text size="sm" c="dimmed">
        {isDone ? t('webhooksMade') : t('stepWebhooksAbout', { name })}
      </Text>
      {failure !== undefined && (
        <Alert color="red" p="xs" role="alert">
          {failure}
        </Alert>
      )}
      {isOpen && (
        <Group>
          <Button size="xs" loading={isBusy} onClick={run}>
            {t('createWebhooks')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function FirstStep({ isOpen, type }: { isOpen: boolean; type: string | undefined }) {
  const t = useConnectionTexts();
  return (
    <Stack gap="sm" mt={4}>
      <Text size="sm" c="dimmed">
        {t('stepFirstAbout')}
      </Text>
      {isOpen && (
        <Group gap="xs" role="status">
          <Loader size="xs" type="dots" />
          <Text size="sm" fw={550}>
            {t('stepFirstWaiting')}
          </Text>
        </Group>
      )}
      {type !== undefined && (
        <Text size="sm" fw={550} role="status">
          {t('firstEvent', { type })}
        </Text>
      )}
    </Stack>
  );
}
