// What is around the pages: keys, the palette, the cache, being offline, signing out.

import { expect, type Page, test } from '@playwright/test';
import { settled } from './watch';

test.use({ storageState: 'e2e/results/owner.json' });

/** How long a page that was seen before may take to show, ms. */
const FROM_CACHE = 100;

test('the palette goes anywhere by name', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: /search or jump/i }).fill('audit');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/settings\/audit$/);
});

test('g and a letter go to a page, ? shows the keys', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/\/calls$/);
  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
});

/** Clicks a link of the navigation and waits for a row of the page, all inside the browser; ms. */
function visit(page: Page, link: string, heading: string): Promise<number> {
  return page.evaluate(
    ({ link, heading }) =>
      new Promise<number>((resolve, reject) => {
        const began = performance.now();
        document.querySelector<HTMLAnchorElement>(`nav a[href="${link}"]`)?.click();
        const look = (): void => {
          const isThere =
            document.querySelector('h1')?.textContent === heading && document.querySelector('[role=row][data-link]');
          const took = performance.now() - began;
          if (isThere) {
            resolve(took);
          } else if (took > 5_000) {
            reject(new Error(`${heading} did not show`));
          } else {
            requestAnimationFrame(look);
          }
        };
        look();
      }),
    { link, heading },
  );
}

test('a page that was seen shows at once, and is not read again when the tab comes back', async ({ page }) => {
  await page.goto('/calls');
  await settled(page);
  await visit(page, '/contacts', 'Contacts');
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    times.push(await visit(page, '/calls', 'Calls'));
    times.push(await visit(page, '/contacts', 'Contacts'));
  }
  // The quickest: what we do for a page, and not what else the machine does meanwhile.
  expect(Math.min(...times), `of ${times.map(Math.round)}`).toBeLessThan(FROM_CACHE);

  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/') && !request.url().includes('/stream')) {
      asked.push(request.url());
    }
  });
  await page.evaluate(() => {
    document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new Event('focus'));
  });
  await visit(page, '/calls', 'Calls');
  expect(asked).toEqual([]);
});

test('being offline is said, and what was read stays', async ({ page, context }) => {
  await page.goto('/calls');
  await settled(page);
  await context.setOffline(true);
  await expect(page.getByText('You are offline')).toBeVisible();
  await expect(page.locator('[role=row][data-link]').first()).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText('You are offline')).toBeHidden();
});

test('Spanish and dark are a click away and stay', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await page.getByRole('button', { name: 'Your account' }).click();
  await page.getByText('Español').click();
  await page.getByText('Oscuro').click();
  await page.reload();
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Llamadas' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');
});

test('a visitor is asked to sign in, and comes back to where they wanted to go', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto('/calls?status=missed');
  await expect(page).toHaveURL(/\/sign-in\?return_to=/);
  await context.close();
});
