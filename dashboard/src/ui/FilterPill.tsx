// A filter that is set, in words, with a button that takes it off.

import { Pill } from '@mantine/core';

interface FilterPillProps {
  label: string;
  /** All of it, where the label is shorter. */
  title?: string;
  /** What the button does, for who hears it. */
  remove: string;
  onRemove: () => void;
}

export function FilterPill({ label, title = label, remove, onRemove }: FilterPillProps) {
  return (
    <Pill
      size="md"
      withRemoveButton
      onRemove={onRemove}
      // In a field of pills the field's own keys remove them; here nothing else does.
      removeButtonProps={{ 'aria-label': remove, 'aria-hidden': false, tabIndex: 0 }}
      title={title}
      maw={280}
    >
      {label}
    </Pill>
  );
}
