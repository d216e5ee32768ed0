import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { searchOf } from '@/lib/search';
import { personRoute, visitorRoute } from './root';

const signIn = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/sign-in',
  validateSearch: searchOf('return_to', 'error'),
  component: lazyRouteComponent(() => import('@/features/auth/pages/SignInPage'), 'SignInPage'),
});

const secondFactor = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/sign-in/second-factor',
  validateSearch: searchOf('return_to'),
  component: lazyRouteComponent(() => import('@/features/auth/pages/SecondFactorPage'), 'SecondFactorPage'),
});

const signUp = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/sign-up',
  validateSearch: searchOf('plan'),
  component: lazyRouteComponent(() => import('@/features/auth/pages/SignUpPage'), 'SignUpPage'),
});

const forgotPassword = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('@/features/auth/pages/ForgotPasswordPage'), 'ForgotPasswordPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('@/features/auth/pages/ResetPasswordPage'), 'ResetPasswordPage'),
});

const verifyEmail = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/verify-email',
  component: lazyRouteComponent(() => import('@/features/auth/pages/VerifyEmailPage'), 'VerifyEmailPage'),
});

const acceptInvitation = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/accept-invitation',
  component: lazyRouteComponent(() => import('@/features/auth/pages/AcceptInvitationPage'), 'AcceptInvitationPage'),
});

const unsubscribe = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/unsubscribe',
  component: lazyRouteComponent(() => import('@/features/reports/pages/UnsubscribePage'), 'UnsubscribePage'),
});

const noWorkspace = createRoute({
  getParentRoute: () => personRoute,
  path: '/no-workspace',
  component: lazyRouteComponent(() => import('@/features/auth/pages/NoWorkspacePage'), 'NoWorkspacePage'),
});

const suspended = createRoute({
  getParentRoute: () => personRoute,
  path: '/suspended',
  component: lazyRouteComponent(() => import('@/features/auth/pages/SuspendedPage'), 'SuspendedPage'),
});

export const authRoutes = {
  signIn,
  secondFactor,
  signUp,
  forgotPassword,
  resetPassword,
  verifyEmail,
  acceptInvitation,
  unsubscribe,
};
export const personRoutes = { noWorkspace, suspended };
