// What is around the pages: keys, the palette, the cache, being offline, signing out.

import { expect, type Page, test } from '@playwright/test';
import { settled, WAITING } from './watch';

test.use({ storageState: 'e2e/results/owner.json' });

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

/** Clicks a link of the navigation and waits for a row of the page, all inside the browser; whether the page said meanwhile that it is waiting. */
function visit(page: Page, link: string, heading: string): Promise<boolean> {
  return page.evaluate(
    ({ link, heading, waiting }) =>
      new Promise<boolean>((resolve) => {
        let waited = false;
        const observer = new MutationObserver(() => look());
        const look = (): void => {
          waited ||= document.querySelector(waiting) !== null;
          const isThere = document.querySelector('h1')?.textContent === heading;
          if (isThere && document.querySelector('[role=row][data-link]') !== null) {
            observer.disconnect();
            resolve(waited);
          }
        };
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        document.querySelector<HTMLAnchorElement>(`nav a[href="${link}"]`)?.click();
      }),
    { link, heading, waiting: WAITING },
  );
}

test('a page that was seen shows at once, and is not read again when the tab comes back', async ({ page }) => {
  await page.goto('/calls');
  await settled(page);
  await visit(page, '/contacts', 'Contacts');
  await settled(page);
  expect(await visit(page, '/calls', 'Calls'), 'calls are waited for').toBe(false);
  expect(await visit(page, '/contacts', 'Contacts'), 'contacts are waited for').toBe(false);

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
