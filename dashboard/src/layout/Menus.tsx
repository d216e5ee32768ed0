// The two menus of the header: which workspace, and who you are.

import { ActionIcon, Avatar, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconChevronDown, IconLogout, IconShieldLock } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { LANGUAGES, type Language, setLanguage, useLanguage } from '@/i18n';
import { signOut, switchTo, useMe } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { useFrame } from './text';

export function WorkspaceMenu() {
  const t = useFrame();
  const me = useMe();
  const go = async (tenantId: string): Promise<void> => {
    try {
      await switchTo(tenantId);
    } catch (error) {
      toastFailed(error);
    }
  };
  const name = me.tenant?.company_name ?? 'Switchboard';
  if (me.memberships.length < 2 || me.impersonated_by != null) {
    return (
      <Text fw={620} truncate maw={260} title={name}>
        {name}
      </Text>
    );
  }
  return (
    <Menu width={280} position="bottom-start">
      <Menu.Target>
        <UnstyledButton
          aria-label={`${t('switchWorkspace')}: ${name}`}
          style={{ display: 'flex', alignItems: 'center', gap: 6, minWidth: 0 }}
        >
          <Text fw={620} truncate maw={220} title={name}>
            {name}
          </Text>
          <IconChevronDown size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('switchWorkspace')}</Menu.Label>
        {me.memberships.map(({ tenant_id, company_name, role }) => (
          <Menu.Item
            key={tenant_id}
            onClick={() => void go(tenant_id)}
            rightSection={tenant_id === me.tenant?.tenant_id ? <IconCheck size={16} aria-hidden /> : undefined}
          >
            <Text size="sm" truncate title={company_name}>
              {company_name}
            </Text>
            <Text size="xs" c="dimmed">
              {role}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function AccountMenu() {
  const t = useFrame();
  const me = useMe();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const language = useLanguage();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      await navigate({ to: '/sign-in' });
    } catch (error) {
      toastFailed(error);
    }
  };
  return (
    <Menu width={260} position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon size="lg" radius="xl" aria-label={t('account')}>
          <Avatar size={30} radius="xl" name={me.user.full_name} color="ink" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} truncate c="var(--mantine-color-text)">
            {me.user.full_name}
          </Text>
          <Text size="xs" truncate title={me.user.email}>
            {me.user.email}
          </Text>
        </Menu.Label>
        <Menu.Item
          closeMenuOnClick
          leftSection={<IconShieldLock size={16} />}
          renderRoot={(props) => <Link to="/settings/security" {...props} />}
        >
          {t('security')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('colours')}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          mx="xs"
          aria-label={t('colours')}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
          data={[
            { value: 'light', label: t('light') },
            { value: 'dark', label: t('dark') },
            { value: 'auto', label: t('system') },
          ]}
        />
        <Menu.Label>{t('language')}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          mx="xs"
          mb="xs"
          aria-label={t('language')}
          value={language}
          onChange={(value) => setLanguage(value as Language)}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Menu.Divider />
        <Menu.Item closeMenuOnClick leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
