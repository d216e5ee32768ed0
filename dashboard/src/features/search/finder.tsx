// Records for the command palette: contacts, calls, messages and voicemails by name, number or word.

import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight';
import { IconAddressBook, IconMessage, IconPhone, IconRecordMail } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { $api } from '@/api/client';
import type { SearchResults } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { phone, shortTime, who } from '@/lib/format';
import { useMe } from '@/session/me';
import { useSearchTexts } from './text';

/** One letter finds half of everything. */
const LEAST = 2;
const MOST = 200;

const GLYPHS = {
  contacts: <IconAddressBook size={20} stroke={1.6} aria-hidden />,
  calls: <IconPhone size={20} stroke={1.6} aria-hidden />,
  messages: <IconMessage size={20} stroke={1.6} aria-hidden />,
  voicemails: <IconRecordMail size={20} stroke={1.6} aria-hidden />,
};

interface Hit {
  id: string;
  label: string;
  description: string;
  to: string;
}

export function useRecordFinder(asked: string): SpotlightActionGroupData[] {
  const t = useSearchTexts();
  const common = useCommon();
  const navigate = useNavigate();
  const me = useMe();
  const q = asked.slice(0, MOST);
  const isOn = q.length >= LEAST && me.tenant != null && me.permissions.includes('records.read');
  const { data } = useQuery({
    ...$api.queryOptions('get', '/api/v1/search', { params: { query: { q } } }),
    enabled: isOn,
    // What was found stays until what is found now is there.
    placeholderData: keepPreviousData,
  });
  if (!isOn || data === undefined) {
    return [];
  }
  const hits = hitsOf(data, common('withheld'));
  const action = (kind: keyof typeof GLYPHS, { id, label, description, to }: Hit): SpotlightActionData => ({
    id,
    label,
    description,
    keywords: 'found',
    leftSection: GLYPHS[kind],
    onClick: () => void navigate({ to }),
  });
  const group = (kind: keyof typeof GLYPHS): SpotlightActionGroupData => ({
    group: t(kind),
    actions: hits[kind].map((hit) => action(kind, hit)),
  });
  return [group('contacts'), group('calls'), group('messages'), group('voicemails')].filter(
    ({ actions }) => actions.length > 0,
  );
}

/** What was found, as lines that lead somewhere. */
export function hitsOf(found: SearchResults, withheld: string): Record<keyof typeof GLYPHS, Hit[]> {
  const line = (...parts: (string | null | undefined)[]): string => parts.filter(Boolean).join(' · ');
  const theirs = (record: { direction?: string | null; from_number?: string | null; to_number?: string | null }) =>
    record.direction === 'outbound' ? record.to_number : record.from_number;
  return {
    contacts: found.contacts.map((contact) => ({
      id: contact.id,
      label: who(contact.name, contact.phone) ?? contact.natural_key,
      description: line(
        contact.name == null || contact.phone == null ? undefined : phone(contact.phone),
        contact.company,
        contact.emails[0],
      ),
      to: `/contacts/${contact.id}`,
    })),
    calls: found.calls.map((call) => ({
      id: call.id,
      label: who(call.contact_name, theirs(call)) ?? withheld,
      description: line(shortTime(call.occurred_at), call.summary),
      to: `/calls/${call.id}`,
    })),
    messages: found.messages.map((message) => {
      const number = message.direction === 'outbound' ? message.to_numbers[0] : message.from_number;
      return {
        id: message.id,
        label: who(message.contact_name, number) ?? withheld,
        description: line(shortTime(message.occurred_at), message.text),
        to: message.contact_id == null ? '/messages' : `/contacts/${message.contact_id}`,
      };
    }),
    voicemails: found.voicemails.map((voicemail) => ({
      id: voicemail.id,
      label: who(voicemail.contact_name, voicemail.from_number) ?? withheld,
      description: line(shortTime(voicemail.occurred_at), voicemail.transcript),
      to: `/calls/${voicemail.call_id}`,
    })),
  };
}
