// Reports in the command palette; loaded when something is typed there.

import type { SpotlightActionData } from '@mantine/spotlight';
import { KINDS, type Kind } from './kinds';
import { kindText } from './kindsText';

/** Reports whose name or question has the words. */
export function findReports(asked: string, open: (kind: Kind) => void): SpotlightActionData[] {
  const wanted = asked.trim().toLowerCase();
  return KINDS.filter((kind) => `${kindText(kind)} ${kindText(`${kind}About`)}`.toLowerCase().includes(wanted)).map(
    (kind) => ({
      id: `report ${kind}`,
      label: kindText(kind),
      description: kindText(`${kind}About`),
      keywords: 'found',
      onClick: () => open(kind),
    }),
  );
}
