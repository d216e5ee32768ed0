// What is around every page of a workspace.

import { ActionIcon, Anchor, AppShell, Box, Burger, Button, Group, Kbd, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { Bell } from '@/features/notifications/components/Bell';
import { setTimeZone } from '@/lib/format';
import { useFeed } from '@/realtime/hooks';
import { useMe, workspaceQuery } from '@/session/me';
import { ImpersonationBanner, OfflineBanner } from './Banners';
import { Forbidden } from './Forbidden';
import { useFrameKeys } from './keys';
import { LiveDot } from './LiveDot';
import { AccountMenu, WorkspaceMenu } from './Menus';
import { NavList } from './NavList';
import { mayOpen } from './nav';
import { useFrame } from './text';

// Nobody needs them for the first picture; they come right after it.
const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })));
const KeyboardHelp = lazy(() => import('./KeyboardHelp').then((module) => ({ default: module.KeyboardHelp })));

const HEADER = 56;

export function Shell() {
  const t = useFrame();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isForbidden = me.tenant != null && !mayOpen(me, path);
  const isOpenWorkspace = me.tenant?.status === 'active';
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const [isHelpOpen, help] = useDisclosure(false);
  useFrameKeys(help.toggle);
  return (
    <AppShell
      header={{ height: HEADER }}
      navbar={{ width: 228, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <Anchor href="#page" className="sr-only">
        {t('skip')}
      </Anchor>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="md" size="sm" aria-label={t('openNavigation')} />
            <Box component={Link} to="/" aria-label="Switchboard" visibleFrom="sm" style={{ display: 'flex' }}>
              <img src="/icon.svg" width={26} height={26} alt="" />
            </Box>
            <WorkspaceMenu />
          </Group>
          <Group gap={6} wrap="nowrap">
            <Button
              visibleFrom="sm"
              variant="default"
              size="xs"
              c="dimmed"
              leftSection={<IconSearch size={15} aria-hidden />}
              rightSection={<Kbd size="xs">Ctrl K</Kbd>}
              onClick={spotlight.open}
            >
              {t('palette')}
            </Button>
            <Tooltip label={t('palette')}>
              <ActionIcon hiddenFrom="sm" size="lg" onClick={spotlight.open} aria-label={t('palette')}>
                <IconSearch size={19} />
              </ActionIcon>
            </Tooltip>
            {isOpenWorkspace && <LiveDot />}
            {isOpenWorkspace && <Bell />}
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('navigation')}>
        <NavList onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="page">
        <OfflineBanner />
        <ImpersonationBanner />
        {isOpenWorkspace && <Workspace />}
        <Suspense>{isForbidden ? <Forbidden /> : <Outlet />}</Suspense>
      </AppShell.Main>
      <Suspense>
        <Palette />
        <KeyboardHelp isOpen={isHelpOpen} onClose={help.close} />
      </Suspense>
    </AppShell>
  );
}

/** What lives as long as a workspace is open: its clock and its feed. */
function Workspace() {
  const zone = useSuspenseQuery(workspaceQuery).data.time_zone;
  useMemo(() => setTimeZone(zone), [zone]);
  useFeed();
  return null;
}
