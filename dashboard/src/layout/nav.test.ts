import { expect, it } from 'vitest';
import type { Me, Permission } from '@/session/me';
import { mayOpen } from './nav';

function holder(...permissions: Permission[]): Me {
  return { permissions } as unknown as Me;
}

it('opens a page, and what lies below it, to whom its permission was given', () => {
  expect(mayOpen(holder('events.read'), '/developers/events')).toBe(true);
  expect(mayOpen(holder('records.read'), '/developers/events/x')).toBe(false);
  expect(mayOpen(holder(), '/calls')).toBe(false);
  expect(mayOpen(holder(), '/')).toBe(false);
});

it('leaves pages open that ask for nothing', () => {
  expect(mayOpen(holder(), '/settings/security')).toBe(true);
  expect(mayOpen(holder(), '/notifications')).toBe(true);
});
