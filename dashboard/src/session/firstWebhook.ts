// What signing up said of the telephone system's webhook, password included: it is said once, so it is held, in memory
// alone, until the page that shows it has been there.

import type { IssuedWebhook } from '@/api/schema.gen';

let held: IssuedWebhook | undefined;

export function keepFirstWebhook(webhook: IssuedWebhook | null | undefined): void {
  held = webhook ?? undefined;
}

/** What was said for this connection, if this visit made it. */
export function firstWebhook(connectionId: string): IssuedWebhook | undefined {
  return held?.connection_id === connectionId ? held : undefined;
}
