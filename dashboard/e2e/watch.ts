// What no page may do, whatever it shows: complain in the console, keep people out who use a keyboard or a screen reader,
// or be wider than the screen.

import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Long enough, and in no list. */
export const PASSWORD_OF_NOBODY = 'seven quiet herons 42';

/** Gathers what the console complains of, from now on. */
export function complaintsOf(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      said.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => said.push(error.message));
  return said;
}

/** What says that something is waited for. */
export const WAITING = '[aria-busy=true], .mantine-Skeleton-root, .mantine-Loader-root';

/** Waits for a page to have read what it shows: its name is there, and nothing says that it is waiting. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator(WAITING)).toHaveCount(0);
}

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const words = serious.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`,
  );
  expect(words).toEqual([]);
}

export async function expectFits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, 'pixels that the page is wider than the screen').toBeLessThanOrEqual(0);
}
