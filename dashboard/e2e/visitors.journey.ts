// Pages before anybody is signed in, and those of who runs the installation.

import { expect, test } from '@playwright/test';
import { platformAdmin } from './people';
import { complaintsOf, expectAccessible, expectFits, settled } from './watch';

test.use({ storageState: { cookies: [], origins: [] } });

const VISITORS = [
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password#token=x',
  '/verify-email#token=x',
  '/accept-invitation#token=x',
  '/shared#token=x',
  '/nowhere/at/all',
];

for (const path of VISITORS) {
  test(`${path} shows`, async ({ page }) => {
    await page.goto(path);
    await settled(page);
    const name = path.replace(/[^a-z]+/g, '-').replace(/^-|-token-x$/g, '');
    await page.screenshot({ path: `e2e/results/visitors/${name}.png` });
    // A link of a mail works once and is for one person, so its token leaves the address; one that was shared may be read again.
    if (!path.startsWith('/shared')) {
      expect(page.url()).not.toContain('token=');
    }
    await expectFits(page);
    await expectAccessible(page);
  });
}

test('a wrong password is said at the form', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel(/e-mail/i).fill('owner@demo.example');
  await page.getByLabel(/^password/i).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('who runs the installation sees its workspaces and queues', async ({ page, baseURL }) => {
  const { email, password } = platformAdmin();
  const complaints = complaintsOf(page);
  const headers = { origin: baseURL ?? '' };
  const signedIn = await page.request.post('/api/v1/auth/login', {
    headers,
    data: { email, password, session: 'cookie' },
  });
  expect(signedIn.ok()).toBe(true);
  for (const name of ['tenants', 'plans', 'health']) {
    await page.goto(`/platform/${name}`);
    await settled(page);
    await page.screenshot({ path: `e2e/results/visitors/platform-${name}.png` });
    await expectFits(page);
    await expectAccessible(page);
  }
  await page.goto('/platform/tenants');
  await page.getByRole('link', { name: 'Sandbox demo' }).first().click();
  await settled(page);
  await page.screenshot({ path: 'e2e/results/visitors/platform-tenant.png' });
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});
