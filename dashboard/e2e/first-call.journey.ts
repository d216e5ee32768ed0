// From nothing to a call on the screen while it is going on, by what the page says and nothing else.

import { expect, test } from '@playwright/test';
import { complaintsOf, expectAccessible, PASSWORD_OF_NOBODY, settled } from './watch';

test.use({ storageState: { cookies: [], origins: [] } });
// A call that is watched takes its time (SANDBOX_PACE), so that a busy machine sees all of it.
test.describe.configure({ timeout: 120_000 });

/** How long a call may take to its next state, and to the screen, ms. */
const NEXT = 40_000;

test('a newcomer signs up, connects the sandbox, lets it ring, and sees the call live', async ({ page }) => {
  const complaints = complaintsOf(page);
  await page.goto('/');
  await page.getByRole('link', { name: /create a workspace/i }).click();
  await page.getByLabel(/company/i).fill('Newcomer Ltd');
  await page.getByLabel(/your name/i).fill('Nora Newcomer');
  await page.getByLabel(/e-mail/i).fill('nora@newcomer.example');
  await page.getByLabel(/^password/i).fill(PASSWORD_OF_NOBODY);
  await page.getByRole('button', { name: /create/i }).click();

  await expect(page.getByRole('heading', { name: /bring in the first call/i })).toBeVisible();
  await page.screenshot({ path: 'e2e/results/journeys/first-steps.png' });
  await page.getByRole('link', { name: /connect a provider/i }).click();
  await settled(page);
  await page.screenshot({ path: 'e2e/results/journeys/connect.png' });
  await page.getByRole('button', { name: 'Connect the sandbox' }).click();
  await page.getByRole('button', { name: 'Answered' }).click();

  // Nobody reloads: the feed brings it.
  await expect(page.getByText('Ringing', { exact: true }).first()).toBeVisible({ timeout: NEXT });
  await page.getByRole('navigation').getByRole('link', { name: 'Calls' }).click();
  await expect(page.getByText('Talking', { exact: true }).first()).toBeVisible({ timeout: NEXT });
  await page.screenshot({ path: 'e2e/results/journeys/live.png' });
  await expectAccessible(page);
  expect(complaints.filter((said) => !said.includes('401'))).toEqual([]);
});
