// The dashboard as its users meet it: the real binary, the sandbox's calls, Debian's Chromium. `e2e/dashboard/run` starts
// the server and says where it is; `make test` looks at each page once, `make e2e` as everybody and on every screen.

import { defineConfig } from '@playwright/test';
import { ROLES, type Role } from './e2e/people';

const isEverything = process.env.E2E_EVERYTHING === '1';

const WIDTHS = { desktop: { width: 1360, height: 860 }, phone: { width: 375, height: 812 } } as const;
const COLOURS = ['light', 'dark'] as const;

function project(role: Role, width: keyof typeof WIDTHS, colour: (typeof COLOURS)[number]) {
  return {
    name: `${role}-${width}-${colour}`,
    testMatch: 'pages.spec.ts',
    dependencies: ['people'],
    metadata: { role },
    use: {
      viewport: WIDTHS[width],
      colorScheme: colour,
      storageState: `e2e/results/${role}.json`,
      hasTouch: width === 'phone',
    },
  };
}

const everything = ROLES.flatMap((role) =>
  (['desktop', 'phone'] as const).flatMap((width) => COLOURS.map((colour) => project(role, width, colour))),
);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'e2e/results/traces',
  // One server, one database, two cores: side by side they would measure each other.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 30_000,
  reporter: [['list']],
  expect: { timeout: 7_000 },
  use: {
    baseURL: process.env.SWITCHBOARD_URL ?? 'http://localhost:4000',
    locale: 'en-US',
    trace: 'retain-on-failure',
    launchOptions: {
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
    },
  },
  projects: [
    { name: 'people', testMatch: 'people.setup.ts' },
    { name: 'journeys', testMatch: '*.journey.ts', dependencies: ['people'], use: { viewport: WIDTHS.desktop } },
    ...(isEverything ? everything : [project('owner', 'desktop', 'light')]),
  ],
});
