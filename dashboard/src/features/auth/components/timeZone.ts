import { api, forgetSession } from '@/api/client';

/**
 * A new workspace keeps the time zone of the browser that made it; in its settings it can be another. If that fails, the
 * workspace is there all the same, in UTC.
 */
export async function keepBrowsersTimeZone(): Promise<void> {
  try {
    // The session has just begun: the token of the one before is no good.
    forgetSession();
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    await api.PATCH('/api/v1/workspace', { body: { time_zone: timeZone } });
  } catch {
    // See above.
  }
}
