import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconDeviceDesktop, IconTerminal2 } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { api } from '@/api/client';
import { invalidate, queryClient } from '@/api/query';
import type { SessionView } from '@/api/schema.gen';
import { agentName } from '@/lib/agents';
import { useMe } from '@/session/me';
import { Section } from '@/ui/Section';
import { Ago, When } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { sessionsQuery } from './queries';
import { useSecurityTexts } from './text';

export function Sessions() {
  const t = useSecurityTexts();
  const sessions = useSuspenseQuery(sessionsQuery).data.data;
  const isOwn = useMe().impersonated_by == null;
  const endOthers = async (): Promise<void> => {
    try {
      const { data } = await api.POST('/api/v1/me/sessions/revoke-others');
      toastDone(t('endedOthers', { count: data?.revoked ?? 0 }));
    } catch (error) {
      toastFailed(error);
    } finally {
      await invalidate('/api/v1/me/sessions');
    }
  };
  return (
    <Section
      title={t('sessions')}
      about={t('sessionsAbout')}
      actions={
        sessions.length > 1 &&
        isOwn && (
          <Button size="xs" variant="light" color="red" onClick={() => void endOthers()}>
            {t('endOthers')}
          </Button>
        )
      }
    >
      <Stack gap="sm">
        {sessions.map((session) => (
          <Line key={session.id} session={session} mayEnd={isOwn && !session.is_current} />
        ))}
      </Stack>
    </Section>
  );
}

function Line({ session, mayEnd }: { session: SessionView; mayEnd: boolean }) {
  const t = useSecurityTexts();
  const name = agentName(session.user_agent) ?? t('program');
  const end = async (): Promise<void> => {
    // It goes from the screen at once, and comes back if the server would not.
    queryClient.setQueryData(sessionsQuery.queryKey, (held: { data: SessionView[] } | undefined) =>
      held === undefined ? held : { ...held, data: held.data.filter(({ id }) => id !== session.id) },
    );
    try {
      await api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id: session.id } } });
      toastDone(t('ended'));
    } catch (error) {
      toastFailed(error);
    } finally {
      await invalidate('/api/v1/me/sessions');
    }
  };
  return (
    <Group justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" miw={0}>
        {session.is_browser ? (
          <IconDeviceDesktop size={22} stroke={1.6} aria-hidden style={{ flexShrink: 0 }} />
        ) : (
          <IconTerminal2 size={22} stroke={1.6} aria-hidden style={{ flexShrink: 0 }} />
        )}
        <Stack gap={2} miw={0}>
          <Group gap={6}>
            <Text size="sm" fw={600} truncate title={session.user_agent ?? undefined}>
              {name}
            </Text>
            {session.is_current && <Badge size="sm">{t('thisOne')}</Badge>}
            {session.is_impersonation && (
              <Badge size="sm" color="orange">
                {t('impersonation')}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed">
            {t('lastUsed')} <Ago at={session.last_used_at} /> · {t('since')} <When at={session.created_at} />
            {session.address != null && ` · ${session.address}`}
          </Text>
        </Stack>
      </Group>
      {mayEnd && (
        <Button
          size="xs"
          variant="default"
          style={{ flexShrink: 0 }}
          aria-label={t('endOf', { name })}
          onClick={() => void end()}
        >
          {t('end')}
        </Button>
      )}
    </Group>
  );
}
