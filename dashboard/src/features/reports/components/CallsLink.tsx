// From a number to the calls behind it.

import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useReportTexts } from '../text';

interface CallsLinkProps {
  /** What the calls are of, for who hears the link without its row. */
  of: string;
  /** What the list of calls is narrowed to; see `drill.ts`. */
  search: Record<string, string>;
  children: ReactNode;
}

export function CallsLink({ of, search, children }: CallsLinkProps) {
  const t = useReportTexts();
  return (
    <Anchor
      inherit
      underline="hover"
      title={t('seeCallsOf', { of })}
      renderRoot={(props) => <Link {...props} to="/calls" search={search as never} />}
    >
      {children}
    </Anchor>
  );
}
