// How a connection stands, in figures, and what can be asked of its provider.

import { Alert, Button, SimpleGrid } from '@mantine/core';
import { IconHistory, IconStethoscope } from '@tabler/icons-react';
import { useState } from 'react';
import { count, fullTime } from '@/lib/format';
import { useMay } from '@/session/me';
import { Ago, When } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { type ConnectionActivity, type ConnectionDetail, catchUp, checkConnection } from '../queries';
import { useConnectionTexts } from '../text';
import { Figure } from './ConnectionRow';
import { Section } from './Section';

interface FactsProps {
  connection: ConnectionDetail;
  activity: ConnectionActivity | undefined;
  name: string;
  isDialpad: boolean;
}

export function FactsSection({ connection, activity, name, isDialpad }: FactsProps) {
  const t = useConnectionTexts();
  const mayWrite = useMay('connections.write');
  const isOn = connection.status !== 'disabled';
  return (
    <Section
      title={t('facts')}
      actions={mayWrite && isOn && <Deeds id={connection.id} name={name} isDialpad={isDialpad} />}
    >
      {connection.last_error != null && isOn && (!mayWrite || activity?.last_event_at != null) && (
        <Alert color="red" role="alert">
          {connection.last_error}
        </Alert>
      )}
      {activity?.state === 'silent' && (
        <Alert color="orange" role="alert">
          {t('silentAbout', { count: activity.usual_hours_missed })}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md">
        <Figure label={t('lastEvent')}>
          {activity?.last_event_at == null ? t('never') : <Ago at={activity.last_event_at} />}
        </Figure>
        <Figure label={t('events24')}>{count(activity?.events ?? 0)}</Figure>
        <Figure label={t('refused24')}>{count(activity?.rejected ?? 0)}</Figure>
        {connection.account_id != null && (
          <Figure label={t('account')}>{connection.account_name ?? connection.account_id}</Figure>
        )}
        <Figure label={t('lastChecked')}>
          {connection.last_checked_at == null ? '–' : <Ago at={connection.last_checked_at} />}
        </Figure>
        {isDialpad && (
          <Figure label={t('caughtUp')}>
            {connection.caught_up_to == null ? (
              '–'
            ) : (
              <span title={fullTime(connection.caught_up_to)}>
                <When at={connection.caught_up_to} />
              </span>
            )}
          </Figure>
        )}
        <Figure label={t('created')}>
          <When at={connection.created_at} />
        </Figure>
      </SimpleGrid>
    </Section>
  );
}

function Deeds({ id, name, isDialpad }: { id: string; name: string; isDialpad: boolean }) {
  const t = useConnectionTexts();
  const [busy, setBusy] = useState<'check' | 'catchUp'>();
  const run = async (which: 'check' | 'catchUp', deed: () => Promise<string | undefined>): Promise<void> => {
    setBusy(which);
    try {
      const words = await deed();
      if (words !== undefined) {
        toastDone(words);
      }
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(undefined);
    }
  };
  const check = async (): Promise<string | undefined> => {
    const checked = await checkConnection(id);
    if (checked?.works === true) {
      return t('checkWorks', { name });
    }
    return checked?.works === null ? `${t('checkUnknown', { name })} ${checked.found}` : undefined;
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconStethoscope size={15} aria-hidden />}
        loading={busy === 'check'}
        onClick={() => void run('check', check)}
      >
        {t('checkAgain')}
      </Button>
      {isDialpad && (
        <Button
          size="xs"
          variant="default"
          title={t('catchUpAbout', { name })}
          leftSection={<IconHistory size={15} aria-hidden />}
          loading={busy === 'catchUp'}
          onClick={() => void run('catchUp', async () => t((await catchUp(id)) ? 'catchUpQueued' : 'catchUpRunning'))}
        >
          {t('catchUp')}
        </Button>
      )}
    </>
  );
}
