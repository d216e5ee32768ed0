import { $api, api } from '@/api/client';
import { invalidate, queryClient } from '@/api/query';
import type { NotificationRule, PagedNotificationRule } from '@/api/schema.gen';
import type { RuleBody } from './rules';

export type { Notification, NotificationCondition, NotificationRule } from '@/api/schema.gen';

export const rulesQuery = $api.queryOptions('get', '/api/v1/notification-rules');
export const hoursQuery = $api.queryOptions('get', '/api/v1/workspace/hours');
export const connectionsQuery = $api.queryOptions('get', '/api/v1/connections', {
  params: { query: { limit: 200 } },
});
export const listsQuery = $api.queryOptions('get', '/api/v1/keyword-lists');
export const membersQuery = $api.queryOptions('get', '/api/v1/members', { params: { query: { limit: 200 } } });

const at = (id: string) => ({ params: { path: { id } } });

export async function createRule(body: RuleBody): Promise<void> {
  await api.POST('/api/v1/notification-rules', { body });
  await invalidate('/api/v1/notification-rules');
}

export async function updateRule(id: string, body: RuleBody): Promise<void> {
  await api.PATCH('/api/v1/notification-rules/{id}', { ...at(id), body });
  await invalidate('/api/v1/notification-rules');
}

function put(id: string, change: Partial<NotificationRule>): void {
  queryClient.setQueryData(rulesQuery.queryKey, (held: PagedNotificationRule | undefined) =>
    held === undefined
      ? held
      : { ...held, data: held.data.map((rule) => (rule.id === id ? { ...rule, ...change } : rule)) },
  );
}

/** Shown at once, and taken back if it fails. */
export async function setOn(rule: NotificationRule, isOn: boolean): Promise<void> {
  put(rule.id, { is_on: isOn });
  try {
    await updateRule(rule.id, { is_on: isOn });
  } catch (error) {
    put(rule.id, { is_on: rule.is_on });
    throw error;
  }
}

export async function deleteRule(id: string): Promise<void> {
  await api.DELETE('/api/v1/notification-rules/{id}', at(id));
  await invalidate('/api/v1/notification-rules');
}

/** Sends a test in all ways of a rule. True if it left the house. */
export async function testRule(id: string): Promise<boolean> {
  const { data } = await api.POST('/api/v1/notification-rules/{id}/test', at(id));
  await invalidate('/api/v1/notifications');
  return (data?.sends.length ?? 0) > 0;
}
