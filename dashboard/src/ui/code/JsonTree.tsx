// JSON to read: folded where it is deep, a value per line, and the whole of it to copy. Long lists show their beginning.

import { Box, Group, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { CopyIcon } from '../Copy';
import './code.css';
import { type Entry, entriesOf, isBranch, summary } from './json';
import { useCodeTexts } from './text';

interface JsonTreeProps {
  label: string;
  value: unknown;
  /** Levels that are open at first. */
  open?: number;
  maxHeight?: number | string;
}

export function JsonTree({ label, value, open = 3, maxHeight = 520 }: JsonTreeProps) {
  return (
    <Box pos="relative">
      <Box pos="absolute" top={6} right={6} style={{ zIndex: 1 }}>
        <CopyIcon value={JSON.stringify(value, null, 2)} />
      </Box>
      <Box className="code-block" role="group" aria-label={label} tabIndex={0} style={{ maxHeight }}>
        {isBranch(value) ? <Entries value={value} open={open} /> : <Leaf value={value} />}
      </Box>
    </Box>
  );
}

/** Entries of one list that are shown before somebody asks for more. */
const STEP = 100;

function Entries({ value, open }: { value: object; open: number }) {
  const t = useCodeTexts();
  const [shown, setShown] = useState(STEP);
  const entries = entriesOf(value);
  return (
    <>
      {entries.slice(0, shown).map((entry) => (
        <Line key={entry.name} entry={entry} open={open} />
      ))}
      {entries.length > shown && (
        <UnstyledButton className="json-more" onClick={() => setShown(shown + STEP)}>
          {t('more', { count: entries.length - shown })}
        </UnstyledButton>
      )}
    </>
  );
}

function Line({ entry, open }: { entry: Entry; open: number }) {
  const [isOpen, setOpen] = useState(open > 0);
  const { name, value } = entry;
  if (!isBranch(value)) {
    return (
      <div className="json-line">
        <span className="json-name">{name}</span> <Leaf value={value} />
      </div>
    );
  }
  return (
    <div>
      <UnstyledButton className="json-line json-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Group gap={2} wrap="nowrap" component="span">
          <IconChevronRight size={13} aria-hidden style={{ transform: isOpen ? 'rotate(90deg)' : undefined }} />
          <span className="json-name">{name}</span>
          <span className="json-count">{summary(value)}</span>
        </Group>
      </UnstyledButton>
      {isOpen && (
        <div className="json-below">
          <Entries value={value} open={open - 1} />
        </div>
      )}
    </div>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === 'string') {
    return <span className="json-text">{value === '' ? '""' : value}</span>;
  }
  return <span className="json-value">{String(value)}</span>;
}
