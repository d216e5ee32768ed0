// The root of all routes and the two branches below it: pages for visitors, and pages inside a workspace, which ask who is
// there before they show.

import { Button, Center, Container } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Link, Outlet, redirect, useRouter } from '@tanstack/react-router';
import { isSignedOut } from '@/api/errors';
import { useCommon } from '@/i18n/common';
import { Shell } from '@/layout/Shell';
import { meQuery, workspaceQuery } from '@/session/me';
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

/** Everything that needs somebody signed in. */
export const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'workspace',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queryClient.ensureQueryData(meQuery);
      if (me.tenant != null) {
        await context.queryClient.ensureQueryData(workspaceQuery);
      }
    } catch (error) {
      if (isSignedOut(error)) {
        throw redirect({ to: '/sign-in', search: { return_to: location.href } });
      }
      throw error;
    }
  },
  errorComponent: Broken,
  notFoundComponent: NotFound,
});

export function NotFound() {
  const t = useCommon();
  return (
    <Center mih="60dvh">
      <EmptyState
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
