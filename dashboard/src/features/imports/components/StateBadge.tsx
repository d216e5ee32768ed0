import { Badge } from '@mantine/core';
import type { Import } from '../queries';
import { useImportTexts } from '../text';

const COLORS: Record<Import['state'], string> = {
  uploaded: 'gray',
  checking: 'blue',
  checked: 'ink',
  importing: 'blue',
  done: 'teal',
  cancelled: 'yellow',
  failed: 'red',
};

export function StateBadge({ state }: { state: Import['state'] }) {
  const t = useImportTexts();
  return (
    <Badge variant="light" color={COLORS[state]} style={{ flexShrink: 0 }}>
      {t(`state_${state}` as const)}
    </Badge>
  );
}
