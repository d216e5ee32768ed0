// A picture of one page of a running dashboard, and what the console and axe complain of.
//
//   npm run look -- /calls --email a@b.c --password … [--base http://localhost:5173] [--dark] [--phone] [--es] [--full] [--out page.png]

import { parseArgs } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from '@playwright/test';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string', default: 'http://localhost:5173' },
    email: { type: 'string' },
    password: { type: 'string' },
    dark: { type: 'boolean', default: false },
    phone: { type: 'boolean', default: false },
    es: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    out: { type: 'string', default: 'page.png' },
  },
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const context = await browser.newContext({
  baseURL: values.base,
  viewport: values.phone ? { width: 375, height: 812 } : { width: 1360, height: 860 },
  colorScheme: values.dark ? 'dark' : 'light',
  locale: values.es ? 'es-ES' : 'en-US',
  deviceScaleFactor: 1,
});
const page = await context.newPage();
const said = [];
page.on(
  'console',
  (message) => ['error', 'warning'].includes(message.type()) && said.push(`${message.type()}: ${message.text()}`),
);
page.on('pageerror', (error) => said.push(`error: ${error.message}`));

if (values.email) {
  const response = await context.request.post('/api/v1/auth/login', {
    headers: { origin: values.base },
    data: { email: values.email, password: values.password, session: 'cookie' },
  });
  if (!response.ok()) {
    throw new Error(`sign-in: ${response.status()} ${await response.text()}`);
  }
}
await page.goto(positionals[0] ?? '/', { waitUntil: 'load' });
await page.waitForFunction(() => document.querySelector('h1') !== null, undefined, { timeout: 15_000 });
// The live feed never ends, so "network idle" never comes; what is being read is what has no answer yet.
await page
  .waitForFunction(() => document.querySelector('[aria-busy=true], .mantine-Skeleton-root') === null, undefined, {
    timeout: 15_000,
  })
  .catch(() => {});
// Fonts are there, and what was last drawn is on the screen.
await page.evaluate(async () => {
  await document.fonts.ready;
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
});
await page.screenshot({ path: values.out, fullPage: values.full });
const { violations } = await new AxeBuilder({ page }).analyze();
for (const { id, impact, nodes } of violations) {
  said.push(
    `axe ${impact}: ${id}: ${nodes
      .map((node) => node.target.join(' '))
      .slice(0, 4)
      .join(' | ')}`,
  );
}
console.log(said.length === 0 ? 'no complaints' : said.join('\n'));
await browser.close();
