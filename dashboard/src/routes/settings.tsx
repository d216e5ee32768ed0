import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { chatQuery, listsQuery, scorecardsQuery } from '@/features/settings/analysis/queries';
import { rolesQuery } from '@/features/settings/members/queries';
import { plansQuery, usageQuery } from '@/features/settings/plan/queries';
import { retentionQuery } from '@/features/settings/privacy/queries';
import { secondFactorQuery, sessionsQuery } from '@/features/settings/security/queries';
import { transcriptionQuery } from '@/features/settings/transcription/queries';
import { featuresQuery } from '@/features/settings/workspace/queries';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

const workspace = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/workspace',
  loader: ({ context }) => context.queryClient.ensureQueryData(featuresQuery),
  component: lazyRouteComponent(() => import('@/features/settings/workspace/WorkspacePage'), 'WorkspacePage'),
});

const members = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/members',
  loader: ({ context }) => context.queryClient.ensureQueryData(rolesQuery),
  component: lazyRouteComponent(() => import('@/features/settings/members/MembersPage'), 'MembersPage'),
});

const security = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/security',
  loader: ({ context: { queryClient } }) =>
    Promise.all([queryClient.ensureQueryData(secondFactorQuery), queryClient.ensureQueryData(sessionsQuery)]),
  component: lazyRouteComponent(() => import('@/features/settings/security/SecurityPage'), 'SecurityPage'),
});

const plan = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/plan',
  loader: ({ context: { queryClient } }) =>
    Promise.all([queryClient.ensureQueryData(usageQuery), queryClient.ensureQueryData(plansQuery)]),
  component: lazyRouteComponent(() => import('@/features/settings/plan/PlanPage'), 'PlanPage'),
});

const retention = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/retention',
  loader: ({ context }) => context.queryClient.ensureQueryData(retentionQuery),
  component: lazyRouteComponent(() => import('@/features/settings/privacy/PrivacyPage'), 'PrivacyPage'),
});

const audit = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/audit',
  validateSearch: searchOf('actor', 'action', 'from', 'to'),
  component: lazyRouteComponent(() => import('@/features/settings/audit/AuditPage'), 'AuditPage'),
});

const analysis = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/analysis',
  validateSearch: searchOf('list', 'card'),
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(chatQuery),
      queryClient.ensureQueryData(listsQuery),
      queryClient.ensureQueryData(scorecardsQuery),
    ]),
  component: lazyRouteComponent(() => import('@/features/settings/analysis/AnalysisPage'), 'AnalysisPage'),
});

const transcription = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/transcription',
  loader: ({ context }) => context.queryClient.ensureQueryData(transcriptionQuery),
  component: lazyRouteComponent(
    () => import('@/features/settings/transcription/TranscriptionPage'),
    'TranscriptionPage',
  ),
});

export const settingsRoutes = {
  settingsTranscription: transcription,
  settingsAnalysis: analysis,
  settingsWorkspace: workspace,
  settingsMembers: members,
  settingsSecurity: security,
  settingsPlan: plan,
  settingsRetention: retention,
  settingsAudit: audit,
};
