import { Anchor, Button, Group, Stack } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { sandboxQuery } from '@/sandbox/queries';
import { TryIt } from '@/sandbox/TryIt';
import { TryTelephones } from '@/sandbox/TryTelephones';
import { useMay } from '@/session/me';
import { Page } from '@/ui/Page';
import { CatchUpSection } from '../components/CatchUpSection';
import { CredentialsSection } from '../components/CredentialsSection';
import { DeliverySection } from '../components/DeliverySection';
import { FactsSection } from '../components/FactsSection';
import { RecordWebhookSection } from '../components/RecordWebhookSection';
import { RefusedSection } from '../components/RefusedSection';
import { RemoveSection } from '../components/RemoveSection';
import { SettingsSection } from '../components/SettingsSection';
import { SetUp } from '../components/SetUp';
import { SignInResult } from '../components/SignInResult';
import { StateBadge } from '../components/StateBadge';
import { WebhooksSection } from '../components/WebhooksSection';
import { activityQuery, connectionQuery, providersQuery } from '../queries';
import { useConnectionTexts } from '../text';
import { inWords } from '../words';

const route = getRouteApi('/workspace/connections/$id');

export function ConnectionPage() {
  const t = useConnectionTexts();
  const { id } = route.useParams();
  const connection = useSuspenseQuery(connectionQuery(id)).data;
  const providers = useSuspenseQuery(providersQuery).data.data;
  const activity = useSuspenseQuery(activityQuery).data.data.find(({ connection_id }) => connection_id === id);
  const { data: sandbox } = useQuery(sandboxQuery);
  const mayWrite = useMay('connections.write');
  const mayReadEvents = useMay('events.read');
  const declared = providers.find(({ provider }) => provider === connection.provider);
  const provider = declared === undefined ? undefined : inWords(declared);
  const name = provider?.name ?? connection.provider;
  const isDialpad = connection.provider === 'dialpad';
  const delivers = provider?.delivers ?? false;

  return (
    <Page
      title={connection.name}
      about={
        <Group gap="sm" mt={4}>
          <span>{name}</span>
          {activity !== undefined && <StateBadge state={activity.state} />}
        </Group>
      }
      above={
        <Anchor size="sm" renderRoot={(props) => <Link to="/connections" {...props} />}>
          {t('title')}
        </Anchor>
      }
      actions={
        mayReadEvents &&
        delivers && (
          <Button
            variant="default"
            leftSection={<IconListDetails size={16} />}
            renderRoot={(props) => <a href={`/developers/events?connection_id=${id}`} {...props} />}
          >
            {t('showEvents')}
          </Button>
        )
      }
    >
      <Stack gap="md" maw={920}>
        <SignInResult name={name} />
        {mayWrite && activity?.state !== 'paused' && (
          <SetUp connection={connection} activity={activity} name={name} delivers={delivers} isDialpad={isDialpad} />
        )}
        {sandbox?.connection_id === id && <TryIt />}
        {sandbox?.telephones_connection_id === id && <TryTelephones />}
        <FactsSection connection={connection} activity={activity} name={name} isDialpad={isDialpad} />
        {connection.provider === 'clouducm' && hasAddress(connection.settings) && (
          <CatchUpSection connection={connection} />
        )}
        {isDialpad && <WebhooksSection id={id} name={name} isSettingUp={activity?.last_event_at == null} />}
        {connection.provider === 'clouducm' ? (
          <RecordWebhookSection key={connection.id} connection={connection} />
        ) : (
          delivers && <DeliverySection connection={connection} />
        )}
        {mayWrite && provider !== undefined && (
          <>
            <CredentialsSection connection={connection} provider={provider} isDialpad={isDialpad} />
            <SettingsSection key={connection.id} connection={connection} provider={provider} />
          </>
        )}
        {mayReadEvents && delivers && <RefusedSection id={id} />}
        {mayWrite && <RemoveSection connection={connection} />}
      </Stack>
    </Page>
  );
}

/** A telephone system that only pushes has none, and nothing can be read from it. */
function hasAddress(settings: unknown): boolean {
  return typeof settings === 'object' && settings !== null && 'host' in settings;
}
