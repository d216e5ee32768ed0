// Signs everybody in once; the pages are then walked with their cookies.

import { type APIRequestContext, expect, test as setup } from '@playwright/test';
import { demo, PASSWORD, type Role, tokenOfMail } from './people';

const kept = (role: Role): string => `e2e/results/${role}.json`;

async function post(request: APIRequestContext, baseURL: string, path: string, data: object, csrf?: string) {
  const headers = { origin: baseURL, ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }) };
  const response = await request.post(path, { headers, data });
  expect(response.ok(), `${path}: ${response.status()} ${await response.text()}`).toBe(true);
  return response.json();
}

setup('the owner signs in', async ({ request, baseURL }) => {
  await post(request, baseURL ?? '', '/api/v1/auth/login', { ...demo(), session: 'cookie' });
  await request.storageState({ path: kept('owner') });
});

for (const role of ['agent', 'viewer'] as const) {
  setup(`the ${role} is invited and joins`, async ({ playwright, baseURL: address }) => {
    // A mail is a job, and comes when its turn has come.
    setup.setTimeout(60_000);
    const baseURL = address ?? '';
    const email = `${role}@example.com`;
    const owner = await playwright.request.newContext({ baseURL, storageState: kept('owner') });
    const { csrf_token } = await (await owner.get('/api/v1/auth/csrf', { headers: { origin: baseURL } })).json();
    await post(owner, baseURL, '/api/v1/invitations', { email, role }, csrf_token);
    let token = '';
    await expect(() => {
      token = tokenOfMail(email, '/accept-invitation');
    }).toPass({ timeout: 40_000 });
    const person = await playwright.request.newContext({ baseURL });
    const body = { token, full_name: `Demo ${role}`, password: PASSWORD, session: 'cookie' };
    await post(person, baseURL, '/api/v1/invitations/accept', body);
    await person.storageState({ path: kept(role) });
    await owner.dispose();
    await person.dispose();
  });
}
