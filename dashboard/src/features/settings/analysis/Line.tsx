// A keyword list or a scorecard as a line of the page: switched, edited and deleted in the same way.

import { ActionIcon, Box, Group, Switch, Text } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useCommon } from '@/i18n/common';
import { Confirm } from '@/ui/confirm';
import { toastFailed } from '@/ui/toast';
import { useAnalysisTexts } from './text';

interface LineProps {
  name: string;
  about: string;
  isOn: boolean;
  isLocked: boolean;
  children?: ReactNode;
  onSwitch: (isOn: boolean) => Promise<void>;
  onEdit: () => void;
  deleteTitle: string;
  deleteText: string;
  onDelete: () => Promise<void>;
}

export function Line(props: LineProps) {
  const { name, about, isOn, isLocked, children } = props;
  const t = useAnalysisTexts();
  const common = useCommon();
  const [isAsking, setAsking] = useState(false);
  return (
    <Group component="li" wrap="nowrap" align="flex-start" gap="md" py="sm" style={{ listStyle: 'none' }}>
      <Switch
        mt={2}
        checked={isOn}
        disabled={isLocked}
        aria-label={t(isOn ? 'switchOff' : 'switchOn', { name })}
        onChange={(event) => void props.onSwitch(event.currentTarget.checked).catch(toastFailed)}
      />
      <Box miw={0} style={{ flex: 1 }}>
        <Text fw={620} truncate title={name} c={isOn ? undefined : 'dimmed'}>
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          {about}
        </Text>
        {children}
      </Box>
      {!isLocked && (
        <Group gap={4} wrap="nowrap">
          <ActionIcon aria-label={`${common('edit')}: ${name}`} onClick={props.onEdit}>
            <IconPencil size={17} />
          </ActionIcon>
          <ActionIcon aria-label={`${common('delete')}: ${name}`} onClick={() => setAsking(true)}>
            <IconTrash size={17} />
          </ActionIcon>
        </Group>
      )}
      <Confirm
        title={props.deleteTitle}
        deed={common('delete')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={props.onDelete}
      >
        {props.deleteText}
      </Confirm>
    </Group>
  );
}
