// The form of a keyword list, new or old.

import { Button, Drawer, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCommon } from '@/i18n/common';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { type KeywordList, saveList } from './queries';
import { useAnalysisTexts } from './text';

interface ListEditorProps {
  /** The list; none for a new one. */
  list: KeywordList | undefined;
  isOpen: boolean;
  onClose: () => void;
}

export function ListEditor({ list, isOpen, onClose }: ListEditorProps) {
  const t = useAnalysisTexts();
  const common = useCommon();
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="md"
      title={t(list === undefined ? 'newList' : 'editList')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      {isOpen && <Form key={list?.id ?? 'new'} list={list} onClose={onClose} />}
    </Drawer>
  );
}

interface ListForm {
  name: string;
  /** Empty for everybody. */
  speaker: '' | 'customer' | 'agent';
  phrases: string;
}

function Form({ list, onClose }: Omit<ListEditorProps, 'isOpen'>) {
  const t = useAnalysisTexts();
  const common = useCommon();
  const form = useForm<ListForm>({
    initialValues: {
      name: list?.name ?? '',
      speaker: list?.speaker ?? '',
      phrases: list?.keywords.map(({ phrase }) => phrase).join('\n') ?? '',
    },
  });
  const { failure, attempt } = useFormFailure(form as never);
  const save = form.onSubmit(async ({ name, speaker, phrases }) => {
    const body = { name, speaker: speaker === '' ? null : speaker, phrases: phrases.split('\n') };
    if (await attempt(() => saveList(list?.id, body))) {
      toastDone(t('listSaved'));
      onClose();
    }
  });
  return (
    <form onSubmit={save}>
      <Stack>
        <TextInput
          label={t('listName')}
          placeholder={t('listNameHint')}
          maxLength={120}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Select
          label={t('speaker')}
          allowDeselect={false}
          data={[
            { value: '', label: t('anybody') },
            { value: 'customer', label: t('customer') },
            { value: 'agent', label: t('agent') },
          ]}
          {...form.getInputProps('speaker')}
        />
        <Textarea
          label={t('phrases')}
          description={t('phrasesAbout')}
          placeholder={t('phrasesHint')}
          autosize
          minRows={6}
          maxRows={18}
          required
          {...form.getInputProps('phrases')}
        />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {common(list === undefined ? 'create' : 'save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
