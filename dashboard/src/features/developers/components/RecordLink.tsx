// A record by its id: a link where the record has a page.

import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Change } from '../queries';

interface RecordLinkProps {
  kind: Change['kind'];
  id: string;
}

export function RecordLink({ kind, id }: RecordLinkProps) {
  const page = pageOf(kind, id);
  if (page === undefined) {
    return (
      <Text span size="sm" ff="monospace" truncate title={id}>
        {id}
      </Text>
    );
  }
  return (
    <Anchor size="sm" ff="monospace" truncate title={id} renderRoot={(props) => <Link to={page} {...props} />}>
      {id}
    </Anchor>
  );
}

function pageOf(kind: Change['kind'], id: string): string | undefined {
  switch (kind) {
    case 'call':
      return `/calls/${id}`;
    case 'contact':
      return `/contacts/${id}`;
    default:
      return undefined;
  }
}
