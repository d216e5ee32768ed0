// A number with whom it belongs to.

import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { phone } from '@/lib/format';

interface PersonProps {
  number: string;
  name: string | null | undefined;
  contactId: string | null | undefined;
}

/** The name leads to the contact; the number stands below it. */
export function Person({ number, name, contactId }: PersonProps) {
  const label = name ?? phone(number);
  return (
    <div style={{ minWidth: 140 }}>
      {contactId == null ? (
        <Text size="sm" fw={name == null ? undefined : 550} truncate title={label}>
          {label}
        </Text>
      ) : (
        <Anchor
          size="sm"
          fw={550}
          c="inherit"
          renderRoot={(props) => <Link {...props} to="/contacts/$id" params={{ id: contactId }} />}
        >
          {label}
        </Anchor>
      )}
      {name != null && (
        <Text size="xs" c="dimmed">
          {phone(number)}
        </Text>
      )}
    </div>
  );
}
