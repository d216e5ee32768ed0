import { SimpleGrid } from '@mantine/core';
import type { ReactNode } from 'react';

/** The numbers at the head of a report. */
export function Tiles({ children }: { children: ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing={{ base: 'xs', sm: 'md' }} verticalSpacing={{ base: 'xs', sm: 'md' }}>
      {children}
    </SimpleGrid>
  );
}
