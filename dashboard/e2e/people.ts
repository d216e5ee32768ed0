// Who signs in: the demo's owner, and an agent and a viewer whom they invite.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROLES = ['owner', 'agent', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const PASSWORD = 'a long enough password 7';

/** The folder of the server under test. */
export function dataDir(): string {
  const folder = process.env.SWITCHBOARD_DATA_DIR;
  if (folder === undefined) {
    throw new Error('SWITCHBOARD_DATA_DIR is not set; run e2e/dashboard/run');
  }
  return folder;
}

export interface Demo {
  email: string;
  password: string;
}

export function demo(): Demo {
  const kept = JSON.parse(readFileSync(join(dataDir(), 'sandbox-demo.json'), 'utf8')) as { owner: Demo };
  return kept.owner;
}

/** Who runs the installation. */
export function platformAdmin(): Demo {
  return JSON.parse(readFileSync(process.env.SWITCHBOARD_PLATFORM ?? '', 'utf8')) as Demo;
}

/** The token of the last mail to an address: without a mail server, mails are files. */
export function tokenOfMail(to: string, page: string): string {
  const folder = join(dataDir(), 'mail');
  const mails = readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .filter((mail) => mail.includes(to))
    // Long lines of a mail end in `=` and go on below.
    .map((mail) => mail.replace(/=\r?\n/g, '').replace(/=3D/g, '='));
  const link = mails.map((mail) => new RegExp(`${page}#token=([\\w.-]+)`).exec(mail)?.[1]).findLast((token) => token);
  if (link === undefined) {
    throw new Error(`no mail to ${to} leads to ${page}`);
  }
  return link;
}
