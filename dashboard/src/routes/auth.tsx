import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { searchOf } from '@/lib/search';
import { visitorRoute } from './root';

const signIn = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/sign-in',
  validateSearch: searchOf('return_to', 'error'),
  component: lazyRouteComponent(() => import('@/features/auth/pages/SignInPage'), 'SignInPage'),
});

const signUp = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('@/features/auth/pages/SignUpPage'), 'SignUpPage'),
});

export const authRoutes = { signIn, signUp };
