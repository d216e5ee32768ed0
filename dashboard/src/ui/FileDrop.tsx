// Where a file is dropped or chosen, with what is wrong with the last one.

import { Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { IconFileSpreadsheet, IconUpload, IconX } from '@tabler/icons-react';

interface FileDropProps {
  title: string;
  about: string;
  /** MIME types; all of them where it is left out. */
  kinds?: string[];
  maxBytes: number;
  failure: string | undefined;
  isDisabled?: boolean;
  onFile: (file: File) => void;
  onRefused: () => void;
}

export function FileDrop({ title, about, kinds, maxBytes, failure, isDisabled, onFile, onRefused }: FileDropProps) {
  return (
    <Stack gap="xs">
      <Dropzone
        {...(kinds !== undefined && { accept: kinds })}
        maxSize={maxBytes}
        multiple={false}
        disabled={isDisabled ?? false}
        onDrop={([file]) => file !== undefined && onFile(file)}
        onReject={onRefused}
        inputProps={{ 'aria-label': title }}
        p="xl"
      >
        <Stack align="center" gap="sm" mih={150} justify="center" style={{ pointerEvents: 'none' }}>
          <Dropzone.Accept>
            <IconUpload size={40} stroke={1.4} aria-hidden />
          </Dropzone.Accept>
          <Dropzone.Reject>
            <IconX size={40} stroke={1.4} aria-hidden />
          </Dropzone.Reject>
          <Dropzone.Idle>
            <IconFileSpreadsheet size={40} stroke={1.4} aria-hidden />
          </Dropzone.Idle>
          <Text fw={550} ta="center">
            {title}
          </Text>
          <Text size="sm" c="dimmed" ta="center" maw={460}>
            {about}
          </Text>
        </Stack>
      </Dropzone>
      {failure !== undefined && (
        <Text size="sm" c="red" role="alert">
          {failure}
        </Text>
      )}
    </Stack>
  );
}
