// The root of all routes and the branches below it: pages for visitors, and pages for who is signed in, most of them inside a
// workspace. Those ask who is there before they show.

import { Button, Center, Container } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Link, Outlet, redirect, useRouter } from '@tanstack/react-router';
import { isSignedOut } from '@/api/errors';
import { useCommon } from '@/i18n/common';
import { Shell } from '@/layout/Shell';
import { type Me, meQuery, workspaceQuery } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/Failure';

export interface RouterContext {
  queryClient: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

/** Signing in and up, links of mails, shared calls. */
export const visitorRoute = createRoute({ getParentRoute: () => rootRoute, id: 'visitor', component: Outlet });

/** Somebody signed in, who may have no workspace to work in. */
export const personRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'person',
  component: Outlet,
  beforeLoad: ({ context, location }) => mustBeSignedIn(context.queryClient, location.href),
  errorComponent: Broken,
});

/** Pages that need no workspace, or none that is open. */
const FOR_A_PERSON = /^\/(platform\/|settings\/security$)/;

/** Everything inside a workspace. */
export const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'workspace',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const me = await mustBeSignedIn(context.queryClient, location.href);
    if (me.tenant?.status === 'active') {
      await context.queryClient.ensureQueryData(workspaceQuery);
    } else if (!FOR_A_PERSON.test(location.pathname)) {
      if (me.tenant != null) {
        throw redirect({ to: '/suspended' });
      }
      throw redirect({ to: me.user.is_platform_admin ? '/platform/tenants' : '/no-workspace' });
    }
  },
  errorComponent: Broken,
  notFoundComponent: NotFound,
});

async function mustBeSignedIn(client: QueryClient, going: string): Promise<Me> {
  try {
    return await client.ensureQueryData(meQuery);
  } catch (error) {
    if (isSignedOut(error)) {
      throw redirect({ to: '/sign-in', search: { return_to: going } });
    }
    throw error;
  }
}

export function NotFound() {
  const t = useCommon();
  return (
    <Center mih="60dvh">
      <EmptyState
        isPage
        icon={IconMapOff}
        title={t('notFoundTitle')}
        action={
          <Button variant="light" renderRoot={(props) => <Link to="/" {...props} />}>
            {t('toStart')}
          </Button>
        }
      >
        {t('notFoundText')}
      </EmptyState>
    </Center>
  );
}

/** The server could not be asked who is there. */
export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Container size="xs" pt="20dvh">
      <Failure error={error} onRetry={() => void router.invalidate()} />
    </Container>
  );
}
