import { expect, it } from 'vitest';
import { callsOf } from './drill';

it('leads to the list of calls with what the server says a number counts', () => {
  const query = {
    occurred_from: '2026-11-21T14:00:00Z',
    occurred_before: '2026-11-21T15:00:00Z',
    connection_id: 'con_1',
    is_transferred: true,
    queue: '6500',
    agent_id: undefined,
  };
  expect(callsOf(query, { outcome: 'missed' })).toEqual({
    from: '2026-11-21T14:00:00Z',
    to: '2026-11-21T15:00:00Z',
    connection: 'con_1',
    transferred: 'yes',
    queue: '6500',
    outcome: 'missed',
  });
});
