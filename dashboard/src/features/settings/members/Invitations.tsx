import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { api } from '@/api/client';
import { invalidate } from '@/api/query';
import type { Invitation } from '@/api/schema.gen';
import { useNow } from '@/lib/useNow';
import { useMay } from '@/session/me';
import { useRoleTexts } from '@/session/roles';
import { Section } from '@/ui/Section';
import { When } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { useInvitations } from './queries';
import { useMemberTexts } from './text';

/** Those that can still be accepted; what became of the others is in the audit log. */
export function Invitations() {
  const t = useMemberTexts();
  const now = useNow(60_000);
  const { rows } = useInvitations();
  const open = rows.filter(
    ({ accepted_at, revoked_at, expires_at }) =>
      accepted_at == null && revoked_at == null && Date.parse(expires_at) > now,
  );
  return (
    <Section title={t('invitations')}>
      {open.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noInvitations')}
        </Text>
      ) : (
        <Stack gap="xs">
          {open.map((invitation) => (
            <Line key={invitation.id} invitation={invitation} />
          ))}
        </Stack>
      )}
    </Section>
  );
}

function Line({ invitation }: { invitation: Invitation }) {
  const t = useMemberTexts();
  const roles = useRoleTexts();
  const mayWrite = useMay('members.write');
  const { id, email, role, expires_at } = invitation;
  const revoke = async (): Promise<void> => {
    try {
      await api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } });
      // Sending it again makes another link; the one that was taken back stays worthless.
      toastDone(t('revoked'));
    } catch (error) {
      toastFailed(error);
    } finally {
      await invalidate('/api/v1/invitations');
    }
  };
  const again = async (): Promise<void> => {
    try {
      await api.POST('/api/v1/invitations', { body: { email, role } });
      toastDone(t('invited', { email }));
    } catch (error) {
      toastFailed(error);
    } finally {
      await invalidate('/api/v1/invitations');
    }
  };
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} style={{ flex: '1 1 14rem' }}>
        <Group gap="xs" wrap="nowrap">
          <Text size="sm" truncate title={email}>
            {email}
          </Text>
          <Badge color="gray">{roles(role)}</Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {t('expires')} <When at={expires_at} />
        </Text>
      </Stack>
      {mayWrite && (
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => void again()}>
            {t('again')}
          </Button>
          <Button
            size="xs"
            variant="light"
            color="red"
            aria-label={t('revokeOf', { email })}
            onClick={() => void revoke()}
          >
            {t('revoke')}
          </Button>
        </Group>
      )}
    </Group>
  );
}
