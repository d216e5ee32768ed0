// From a number of a report to the sound of a call behind it; and what else people do with reports.

import { expect, test } from '@playwright/test';
import { complaintsOf, expectAccessible, settled } from './watch';

test.use({ storageState: 'e2e/results/owner.json' });
// Charts, sound and axe together take their time on a machine that does other things as well.
test.describe.configure({ timeout: 60_000 });

/** A recording of the demo may still be on its way from the sandbox, ms. */
const FETCHED = 40_000;

/** 1:23 as seconds. */
function seconds(clock: string | null): number {
  const [minutes, rest] = (clock ?? '').split('/')[0]?.trim().split(':').map(Number) ?? [];
  return (minutes ?? 0) * 60 + (rest ?? 0);
}

test('a number leads to its calls, and a call of them can be heard from any place on', async ({ page }) => {
  test.setTimeout(90_000);
  const complaints = complaintsOf(page);
  await page.goto('/reports');
  await page.getByRole('link', { name: /^Volume/ }).click();
  await settled(page);
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Answered', exact: true }).click();
  await expect(page).toHaveURL(/outcome=answered/);
  await page.keyboard.press('Escape');
  await expect(page.getByText('Outcome: Answered')).toBeVisible();
  await settled(page);

  const bars = page.getByRole('region', { name: 'Calls over time' });
  await bars.getByRole('button', { name: /Show as a table/ }).click();
  await bars.getByRole('button', { name: 'Calls', exact: true }).click();
  const row = bars.getByRole('row').nth(1);
  const counted = Number((await row.getByRole('cell').nth(1).textContent())?.replace(/\D/g, ''));
  expect(counted).toBeGreaterThan(0);
  await row.getByRole('link').click();
  await expect(page).toHaveURL(/\/calls\?.*outcome=answered/);
  await settled(page);
  const listed = page.getByRole('table', { name: 'Calls' }).locator('[role=row][data-link]');
  await expect(listed.first()).toBeVisible();
  if (counted <= 10) {
    await expect(listed).toHaveCount(counted);
  }

  await page.goto('/calls?outcome=answered&recorded=yes');
  await settled(page);
  await listed.first().getByRole('link').first().click();
  const play = page.getByRole('button', { name: 'Play', exact: true }).first();
  await expect(play).toBeVisible({ timeout: FETCHED });
  // Else it may be over before it has been looked at.
  const audio = page.locator('audio').first();
  await audio.evaluate((element: HTMLAudioElement) => {
    element.loop = true;
  });
  await play.click();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  const clock = page.getByRole('timer').first();
  await expect(async () => expect(seconds(await clock.textContent())).toBeGreaterThan(0)).toPass();
  const place = page.getByRole('slider').first();
  const length = Number(await place.getAttribute('max'));
  await place.fill(String(Math.floor(length * 0.6)));
  await expect(async () =>
    expect(seconds(await clock.textContent())).toBeGreaterThanOrEqual(Math.floor(length * 0.6)),
  ).toPass();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test('an hour of the week names its dates, and each is a list of calls', async ({ page }) => {
  await page.goto('/reports/heatmap');
  await settled(page);
  await page.getByText('Answer rate', { exact: true }).first().click();
  await expect(page).toHaveURL(/show=rate/);
  const week = page.getByRole('table', { name: /^The week/ });
  await week.getByRole('button').first().click();
  const date = page.getByRole('dialog').getByRole('link').first();
  await expectAccessible(page);
  await date.click();
  await expect(page).toHaveURL(/\/calls\?.*from=.*T.*&to=/);
});

test('the palette finds a report by what it answers, and the period goes along to the next one', async ({ page }) => {
  await page.goto('/reports/volume?range=7d');
  await settled(page);
  await page.getByRole('link', { name: 'All reports' }).click();
  await page.getByRole('link', { name: /^Missed calls/ }).click();
  await expect(page).toHaveURL(/\/reports\/missed\?range=7d/);
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: /search or jump/i }).fill('lines are');
  await page.getByText('How busy the lines are', { exact: false }).click();
  await expect(page).toHaveURL(/\/reports\/trunks/);
  await page.goto('/reports/nonsense');
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});

test('a report is taken along as a file, and sent each Monday', async ({ page }) => {
  await page.goto('/reports/queues?direction=inbound&queue=6500');
  await settled(page);
  await page.getByRole('button', { name: 'Export' }).click();
  const file = page.getByRole('menuitem', { name: /^CSV/ });
  await expect(file).toHaveAttribute('href', /\/api\/v1\/reports\/queues\/file\?.*queue=6500.*format=csv/);
  const coming = page.waitForEvent('download');
  await file.click();
  expect((await coming).suggestedFilename()).toMatch(/\.csv$/);

  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /regularly/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Schedule a report' });
  await expect(dialog.getByText('Queue: 6500')).toBeVisible();
  await dialog.getByLabel('Name').fill('Monday queues');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('link', { name: 'Monday queues' })).toBeVisible();
  await page.getByRole('button', { name: 'Actions for Monday queues' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('link', { name: 'Monday queues' })).toHaveCount(0);
});
