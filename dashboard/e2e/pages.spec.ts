// Every page, on the demo's data: it shows, nothing complains, everybody can use it, and a picture of it is kept.

import { expect, type Page, test } from '@playwright/test';
import { complaintsOf, expectAccessible, expectFits, settled } from './watch';

interface Place {
  name: string;
  path: string | ((page: Page) => Promise<string>);
  /** Roles that are told it is not for them. */
  notFor?: string[];
}

/** The page of the first record of a list. */
function first(list: string, page: string): (page: Page) => Promise<string> {
  return async ({ request }) => {
    const { data } = (await (await request.get(list)).json()) as { data: { id: string }[] };
    const id = data[0]?.id;
    expect(id, `${list} has a record`).toBeDefined();
    return `${page}/${id}`;
  };
}

/** The thread that was written in last. */
async function thread({ request }: Page): Promise<string> {
  type Thread = { contact_id: string; number: string; own_number: string };
  const { data } = (await (await request.get('/api/v1/messages/threads?limit=1')).json()) as { data: Thread[] };
  const [last] = data;
  expect(last, 'somebody wrote').toBeDefined();
  const search = { contact: last?.contact_id ?? '', number: last?.number ?? '', own: last?.own_number ?? '' };
  return `/messages?${new URLSearchParams(search)}`;
}

async function voicemail(page: Page): Promise<string> {
  return (await first('/api/v1/voicemails?limit=1', '/voicemails')(page)).replace('/voicemails/', '/voicemails?id=');
}

/** Every report has a page of its own. */
const REPORTS = [
  'volume',
  'heatmap',
  'compare',
  'durations',
  'answering',
  'missed',
  'queues',
  'speech',
  'callers',
  'extensions',
  'groups',
  'transfers',
  'countries',
  'trunks',
  'anomalies',
  'data-health',
];

const PLACES: Place[] = [
  { name: 'overview', path: '/' },
  { name: 'calls', path: '/calls' },
  { name: 'call', path: first('/api/v1/calls?limit=1', '/calls') },
  { name: 'messages', path: '/messages' },
  { name: 'thread', path: thread },
  { name: 'messages-table', path: '/messages/all' },
  { name: 'voicemails', path: '/voicemails' },
  { name: 'voicemail', path: voicemail },
  { name: 'contacts', path: '/contacts' },
  { name: 'contact', path: first('/api/v1/contacts?limit=1', '/contacts') },
  { name: 'contact-import', path: '/contacts/import' },
  { name: 'reports', path: '/reports' },
  { name: 'report-schedules', path: '/reports/schedules' },
  ...REPORTS.map((kind) => ({ name: `report-${kind}`, path: `/reports/${kind}` })),
  { name: 'connections', path: '/connections' },
  { name: 'connect', path: '/connections/new' },
  { name: 'connect-clouducm', path: '/connections/new/clouducm' },
  { name: 'import-records', path: '/connections/import' },
  { name: 'connection', path: first('/api/v1/connections?limit=1', '/connections') },
  { name: 'apps', path: '/developers/apps', notFor: ['viewer'] },
  { name: 'events', path: '/developers/events', notFor: ['viewer'] },
  { name: 'jobs', path: '/developers/jobs', notFor: ['viewer'] },
  { name: 'tail', path: '/developers/tail' },
  { name: 'api-docs', path: '/developers/docs' },
  { name: 'workspace', path: '/settings/workspace' },
  { name: 'members', path: '/settings/members' },
  { name: 'hours', path: '/settings/hours' },
  { name: 'notification-rules', path: '/settings/notifications' },
  { name: 'security', path: '/settings/security' },
  { name: 'plan', path: '/settings/plan' },
  { name: 'retention', path: '/settings/retention' },
  { name: 'transcription', path: '/settings/transcription' },
  { name: 'call-analysis', path: '/settings/analysis' },
  { name: 'audit', path: '/settings/audit', notFor: ['agent', 'viewer'] },
  { name: 'notifications', path: '/notifications' },
];

for (const { name, path, notFor } of PLACES) {
  test(name, async ({ page }, info) => {
    const { role } = info.project.metadata as { role: string };
    const complaints = complaintsOf(page);
    await page.goto(typeof path === 'string' ? path : await path(page));
    await settled(page);
    if (notFor?.includes(role)) {
      await expect(page.getByRole('heading', { name: 'Not for your role' })).toBeVisible();
      return;
    }
    await page.screenshot({ path: `e2e/results/${info.project.name}/${name}.png` });
    await expectFits(page);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
  });
}
