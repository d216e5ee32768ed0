import { ActionIcon, Avatar, Badge, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '@/api/client';
import { invalidate } from '@/api/query';
import type { Member } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { type Role, useMay, useMe } from '@/session/me';
import { useRoleTexts } from '@/session/roles';
import { Confirm } from '@/ui/confirm';
import { Ago } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { RoleSelect } from './RoleSelect';
import { useMemberTexts } from './text';

export function MemberLine({ member }: { member: Member }) {
  const t = useMemberTexts();
  const words = useCommon();
  const me = useMe();
  const [isAsking, setAsking] = useState(false);
  const isMe = member.user_id === me.user.id;
  const mayWrite = useMay('members.write');
  const mayMakeOwners = useMay('owners.write');
  const mayTouch = mayWrite && (member.role !== 'owner' || mayMakeOwners);
  const name = member.full_name;

  const remove = async (): Promise<void> => {
    await api.DELETE('/api/v1/members/{id}', { params: { path: { id: member.user_id } } });
    toastDone(t('removed', { name }));
    await invalidate('/api/v1/members', '/api/v1/me');
  };

  return (
    <Group
      justify="space-between"
      gap="sm"
      py="xs"
      style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}
    >
      <Group gap="sm" wrap="nowrap" miw={0} style={{ flex: '1 1 16rem' }}>
        <Avatar name={name} color="initials" radius="xl" aria-hidden />
        <Stack gap={2} miw={0}>
          <Group gap={6}>
            <Text size="sm" fw={600} truncate title={name}>
              {name}
            </Text>
            {isMe && <Badge size="sm">{t('you')}</Badge>}
            {!member.is_active && (
              <Badge size="sm" color="red">
                {t('inactive')}
              </Badge>
            )}
            {member.has_second_factor && (
              <Badge size="sm" color="teal">
                {t('secondFactor')}
              </Badge>
            )}
            {!member.is_email_verified && (
              <Badge size="sm" color="yellow">
                {t('unverified')}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed" truncate title={member.email}>
            {member.email}
          </Text>
          <Text size="xs" c="dimmed">
            {member.last_login_at == null ? (
              t('never')
            ) : (
              <>
                {t('lastSignIn')} <Ago at={member.last_login_at} />
              </>
            )}
          </Text>
        </Stack>
      </Group>
      <Group gap="xs" wrap="nowrap">
        <MemberRole member={member} isReadOnly={!mayTouch} />
        {mayTouch && (
          <Tooltip label={words('remove')}>
            <ActionIcon
              size="lg"
              color="red"
              aria-label={`${words('remove')}: ${name}`}
              onClick={() => setAsking(true)}
            >
              <IconUserMinus size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <Confirm
        title={t('removeTitle', { name })}
        deed={words('remove')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
      >
        {t('removeText')}
      </Confirm>
    </Group>
  );
}

function MemberRole({ member, isReadOnly }: { member: Member; isReadOnly: boolean }) {
  const t = useMemberTexts();
  const roles = useRoleTexts();
  // What was chosen shows at once, and falls back when the server refuses.
  const [chosen, setChosen] = useState<Role>();
  const give = async (role: Role): Promise<void> => {
    setChosen(role);
    try {
      await api.PATCH('/api/v1/members/{id}', { params: { path: { id: member.user_id } }, body: { role } });
      toastDone(t('roleChanged', { name: member.full_name, role: roles(role) }));
      await invalidate('/api/v1/members', '/api/v1/me');
    } catch (error) {
      toastFailed(error);
    } finally {
      setChosen(undefined);
    }
  };
  if (isReadOnly) {
    return <Badge color="gray">{roles(member.role)}</Badge>;
  }
  return (
    <RoleSelect
      size="xs"
      w={140}
      aria-label={t('roleOf', { name: member.full_name })}
      value={chosen ?? member.role}
      onChange={(role) => void give(role)}
    />
  );
}
