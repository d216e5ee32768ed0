import { describe, expect, it } from 'vitest';
import type { SearchResults } from '@/api/schema.gen';
import { hitsOf } from './finder';

const at = '2026-11-21T10:00:00Z';
const base = {
  connection_id: 'con_1',
  provider: 'dialpad',
  external_id: '1',
  occurred_at: at,
  created_at: at,
  updated_at: at,
};

describe('hitsOf', () => {
  it('names the other side, and leads to what can be opened', () => {
    const found = {
      contacts: [
        { id: 'cnt_1', name: 'Ann Lee', phone: '+14155550123', natural_key: '+14155550123', company: null, emails: [] },
      ],
      calls: [
        {
          ...base,
          id: 'call_1',
          direction: 'outbound',
          from_number: '+14155550999',
          to_number: '+14155550123',
          summary: null,
        },
      ],
      messages: [
        {
          ...base,
          id: 'msg_1',
          direction: 'inbound',
          from_number: null,
          to_numbers: [],
          contact_id: 'cnt_1',
          text: 'Hello',
        },
      ],
      voicemails: [{ ...base, id: 'vm_1', call_id: 'call_2', from_number: '+14155550123', transcript: null }],
    } as unknown as SearchResults;
    const hits = hitsOf(found, 'Withheld');
    expect(hits.contacts[0]).toMatchObject({
      label: 'Ann Lee',
      description: '+1 (415) 555-0123',
      to: '/contacts/cnt_1',
    });
    expect(hits.calls[0]).toMatchObject({ label: '+1 (415) 555-0123', to: '/calls/call_1' });
    expect(hits.messages[0]).toMatchObject({ label: 'Withheld', to: '/contacts/cnt_1' });
    expect(hits.messages[0]?.description).toContain('Hello');
    expect(hits.voicemails[0]?.to).toBe('/calls/call_2');
  });
});
