// What of a key is worth a word: whether it works, and what it may be given.

import type { ApiKey } from '@/api/schema.gen';
import type { Permission } from '@/session/me';

export type KeyState = 'works' | 'ends' | 'ended' | 'revoked';

export function keyState(key: Pick<ApiKey, 'revoked_at' | 'expires_at'>, now: number): KeyState {
  if (key.revoked_at != null) {
    return 'revoked';
  }
  if (key.expires_at == null) {
    return 'works';
  }
  return Date.parse(key.expires_at) <= now ? 'ended' : 'ends';
}

/** For people alone: no key can have them. */
const NOT_FOR_APPS: readonly Permission[] = ['members.write', 'owners.write', 'privacy.write'];

/** What somebody may give a key: what keys can have, as far as they have it themselves. */
export function grantable(mine: readonly Permission[]): Permission[] {
  return mine.filter((permission) => !NOT_FOR_APPS.includes(permission));
}
