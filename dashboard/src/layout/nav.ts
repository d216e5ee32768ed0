// Where everything is. The navigation, the command palette and the keyboard help are drawn from this one list.

import {
  type Icon,
  IconActivity,
  IconAddressBook,
  IconApi,
  IconBell,
  IconBook2,
  IconBuilding,
  IconChartAreaLine,
  IconCircleKey,
  IconClockHour4,
  IconCode,
  IconCreditCard,
  IconEar,
  IconHeartRateMonitor,
  IconHistory,
  IconLayoutDashboard,
  IconListDetails,
  IconMessage,
  IconMicrophone,
  IconPhone,
  IconPlugConnected,
  IconRecordMail,
  IconReportAnalytics,
  IconSettings,
  IconShieldLock,
  IconStack2,
  IconTrashX,
  IconUsers,
} from '@tabler/icons-react';
import type { Me, Permission } from '@/session/me';

export type NavWord =
  | 'overview'
  | 'calls'
  | 'messages'
  | 'voicemails'
  | 'contacts'
  | 'reports'
  | 'connections'
  | 'developers'
  | 'apps'
  | 'events'
  | 'jobs'
  | 'tail'
  | 'docs'
  | 'settings'
  | 'workspace'
  | 'members'
  | 'hours'
  | 'notifications'
  | 'transcription'
  | 'analysis'
  | 'security'
  | 'plan'
  | 'retention'
  | 'audit'
  | 'platform'
  | 'tenants'
  | 'plans'
  | 'health';

export interface NavItem {
  word: NavWord;
  to: string;
  icon: Icon;
  /** What it takes to see it. */
  permission?: Permission;
  /** The letter after `g` that leads there. */
  key?: string;
  /** Not a page of the dashboard: a plain link. */
  isOutside?: boolean;
  below?: NavItem[];
}

export const NAV: NavItem[] = [
  { word: 'overview', to: '/', icon: IconLayoutDashboard, permission: 'records.read', key: 'o' },
  { word: 'calls', to: '/calls', icon: IconPhone, permission: 'records.read', key: 'c' },
  { word: 'messages', to: '/messages', icon: IconMessage, permission: 'records.read', key: 'm' },
  { word: 'voicemails', to: '/voicemails', icon: IconRecordMail, permission: 'records.read', key: 'v' },
  { word: 'contacts', to: '/contacts', icon: IconAddressBook, permission: 'records.read', key: 'p' },
  { word: 'reports', to: '/reports', icon: IconReportAnalytics, permission: 'records.read', key: 'r' },
  { word: 'connections', to: '/connections', icon: IconPlugConnected, permission: 'connections.read', key: 'n' },
  {
    word: 'developers',
    to: '/developers/apps',
    icon: IconCode,
    permission: 'apps.read',
    below: [
      { word: 'apps', to: '/developers/apps', icon: IconCircleKey, permission: 'apps.read', key: 'a' },
      { word: 'events', to: '/developers/events', icon: IconListDetails, permission: 'events.read', key: 'e' },
      { word: 'jobs', to: '/developers/jobs', icon: IconStack2, permission: 'jobs.read', key: 'j' },
      { word: 'tail', to: '/developers/tail', icon: IconActivity, permission: 'records.read' },
      { word: 'docs', to: '/developers/docs', icon: IconApi },
    ],
  },
  {
    word: 'settings',
    to: '/settings/workspace',
    icon: IconSettings,
    permission: 'workspace.read',
    below: [
      { word: 'workspace', to: '/settings/workspace', icon: IconBuilding, permission: 'workspace.read', key: 's' },
      { word: 'members', to: '/settings/members', icon: IconUsers, permission: 'members.read' },
      { word: 'hours', to: '/settings/hours', icon: IconClockHour4, permission: 'workspace.read' },
      { word: 'notifications', to: '/settings/notifications', icon: IconBell, permission: 'workspace.read' },
      {
        word: 'transcription',
        to: '/settings/transcription',
        icon: IconMicrophone,
        permission: 'workspace.read',
      },
      { word: 'analysis', to: '/settings/analysis', icon: IconEar, permission: 'workspace.read' },
      { word: 'security', to: '/settings/security', icon: IconShieldLock },
      { word: 'plan', to: '/settings/plan', icon: IconCreditCard, permission: 'workspace.read' },
      { word: 'retention', to: '/settings/retention', icon: IconTrashX, permission: 'workspace.read' },
      { word: 'audit', to: '/settings/audit', icon: IconHistory, permission: 'audit.read' },
    ],
  },
];

/** For who runs the installation, below everything else. */
export const PLATFORM_NAV: NavItem = {
  word: 'platform',
  to: '/platform/tenants',
  icon: IconHeartRateMonitor,
  below: [
    { word: 'tenants', to: '/platform/tenants', icon: IconBook2 },
    { word: 'plans', to: '/platform/plans', icon: IconCreditCard },
    { word: 'health', to: '/platform/health', icon: IconChartAreaLine },
  ],
};

/** What this person gets to see. */
export function navFor(me: Me): NavItem[] {
  const isOpen = ({ permission }: NavItem): boolean => permission === undefined || me.permissions.includes(permission);
  const items = NAV.filter(isOpen).map((item) => ({ ...item, below: item.below?.filter(isOpen) }));
  const mine = me.tenant?.status === 'active' ? items : [];
  return me.user.is_platform_admin ? [...mine, PLATFORM_NAV] : mine;
}

/** All pages, without the groups they are in. */
export function pagesFor(me: Me): NavItem[] {
  return navFor(me).flatMap((item) => item.below ?? [item]);
}

/** Whether this person may see the page at a path. A path that is in no list is open; the server decides in any case. */
export function mayOpen(me: Me, path: string): boolean {
  const items = NAV.flatMap((item) => item.below ?? [item]);
  const item = items.find(({ to }) => path === to || (to !== '/' && path.startsWith(`${to}/`)));
  return item?.permission === undefined || me.permissions.includes(item.permission);
}
