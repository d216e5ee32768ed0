// Text as it is, with a button that copies it. It scrolls by itself and never widens the page.

import { Box, Text } from '@mantine/core';
import { CopyIcon } from '../Copy';
import './code.css';

interface CodeBlockProps {
  /** What it is, for screen readers. */
  label: string;
  code: string;
  /** How high it grows before it scrolls. */
  maxHeight?: number | string;
}

export function CodeBlock({ label, code, maxHeight = 420 }: CodeBlockProps) {
  return (
    <Box pos="relative">
      <Box pos="absolute" top={6} right={6} style={{ zIndex: 1 }}>
        <CopyIcon value={code} />
      </Box>
      <Text component="pre" className="code-block" aria-label={label} tabIndex={0} style={{ maxHeight }}>
        {code}
      </Text>
    </Box>
  );
}
