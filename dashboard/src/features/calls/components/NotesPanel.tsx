// What people wrote about a call. Everybody may write; a note is changed and taken away by whoever wrote it.

import { ActionIcon, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { useCommon } from '@/i18n/common';
import { useMay, useMe } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { Ago } from '@/ui/Times';
import { toastFailed } from '@/ui/toast';
import { addNote, type CallDetail, type CallNote, editNote, removeNote } from '../queries';
import { useCallTexts } from '../text';
import { Panel } from './Panel';

const LONGEST = 4_000;

export function NotesPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const mayWrite = useMay('records.write');
  return (
    <Panel title={t('notes')}>
      <Stack gap="md">
        {call.notes.length === 0 && !mayWrite && (
          <Text size="sm" c="dimmed">
            {t('noNotes')}
          </Text>
        )}
        {call.notes.map((note) => (
          <Note key={note.id} callId={call.id} note={note} mayWrite={mayWrite} />
        ))}
        {mayWrite && <Editor label={t('addNote')} onSave={(text) => addNote(call.id, text)} />}
      </Stack>
    </Panel>
  );
}

interface NoteProps {
  callId: string;
  note: CallNote;
  mayWrite: boolean;
}

function Note({ callId, note, mayWrite }: NoteProps) {
  const t = useCallTexts();
  const me = useMe();
  const [isEditing, setEditing] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const isMine = mayWrite && note.author.id === me.user.id;
  const save = async (text: string): Promise<void> => {
    await editNote(callId, note.id, text);
    setEditing(false);
  };
  return (
    <Stack gap={2}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed" truncate>
          <Text span fw={600} c="var(--mantine-color-text)" inherit>
            {note.author.name}
          </Text>{' '}
          · <Ago at={note.written_at} />
          {note.edited_at != null && ` · ${t('edited')}`}
        </Text>
        {isMine && !isEditing && (
          <Group gap={2} wrap="nowrap">
            <ActionIcon size="sm" aria-label={t('editNote')} onClick={() => setEditing(true)}>
              <IconPencil size={15} />
            </ActionIcon>
            <ActionIcon size="sm" aria-label={t('removeNote')} onClick={() => setRemoving(true)}>
              <IconTrash size={15} />
            </ActionIcon>
          </Group>
        )}
      </Group>
      {isEditing ? (
        <Editor label={t('editNote')} initial={note.text} onSave={save} onCancel={() => setEditing(false)} />
      ) : (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {note.text}
        </Text>
      )}
      <Confirm
        title={t('removeNote')}
        deed={t('removeNote')}
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        onConfirm={() => removeNote(callId, note.id)}
      >
        {t('removeNoteSure')}
      </Confirm>
    </Stack>
  );
}

interface EditorProps {
  label: string;
  initial?: string;
  onSave: (text: string) => Promise<void>;
  onCancel?: () => void;
}

function Editor({ label, initial = '', onSave, onCancel }: EditorProps) {
  const t = useCallTexts();
  const words = useCommon();
  const [text, setText] = useState(initial);
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      await onSave(text);
      setText(initial);
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && text.trim() !== '') {
      void save();
    }
    if (event.key === 'Escape') {
      onCancel?.();
    }
  };
  return (
    <Stack gap="xs">
      <Textarea
        aria-label={label}
        placeholder={t('noteHint')}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={LONGEST}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {(text.trim() !== '' || onCancel !== undefined) && (
        <Group gap="xs" justify="flex-end">
          {onCancel !== undefined && (
            <Button variant="default" size="xs" onClick={onCancel}>
              {words('cancel')}
            </Button>
          )}
          <Button size="xs" loading={isBusy} disabled={text.trim() === ''} onClick={() => void save()}>
            {onCancel === undefined ? t('addNote') : words('save')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
