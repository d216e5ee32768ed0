// The form of a scorecard, new or old: its questions in their order, each with its weight.

import { ActionIcon, Button, Drawer, Group, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useCommon } from '@/i18n/common';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { type Scorecard, saveCard } from './queries';
import { useAnalysisTexts } from './text';

/** The server's bound. */
const MOST = 30;

interface CardEditorProps {
  /** The scorecard; none for a new one. */
  card: Scorecard | undefined;
  isOpen: boolean;
  onClose: () => void;
}

export function CardEditor({ card, isOpen, onClose }: CardEditorProps) {
  const t = useAnalysisTexts();
  const common = useCommon();
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="lg"
      title={t(card === undefined ? 'newCard' : 'editCard')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      {isOpen && <Form key={card?.id ?? 'new'} card={card} onClose={onClose} />}
    </Drawer>
  );
}

interface Item {
  key: string;
  question: string;
  weight: number;
}

const item = (question = '', weight = 1): Item => ({ key: crypto.randomUUID(), question, weight });

function Form({ card, onClose }: Omit<CardEditorProps, 'isOpen'>) {
  const t = useAnalysisTexts();
  const common = useCommon();
  const form = useForm<{ name: string; items: Item[] }>({
    initialValues: {
      name: card?.name ?? '',
      items: card?.items.map(({ question, weight }) => item(question, weight)) ?? [item()],
    },
  });
  const { failure, attempt } = useFormFailure(form as never);
  const save = form.onSubmit(async ({ name, items }) => {
    const body = { name, items: items.map(({ question, weight }) => ({ question, weight })) };
    if (await attempt(() => saveCard(card?.id, body))) {
      toastDone(t('cardSaved'));
      onClose();
    }
  });
  const { items } = form.values;
  return (
    <form onSubmit={save}>
      <Stack>
        <TextInput
          label={t('listName')}
          placeholder={t('cardNameHint')}
          maxLength={120}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        {items.map(({ key }, index) => (
          <Group key={key} wrap="nowrap" align="flex-end" gap="xs">
            <Textarea
              label={`${t('question')} ${index + 1}`}
              placeholder={t('questionHint')}
              maxLength={300}
              autosize
              minRows={1}
              required
              style={{ flex: 1 }}
              {...form.getInputProps(`items.${index}.question`)}
            />
            <NumberInput
              label={t('weight')}
              aria-label={`${t('weight')} ${index + 1}`}
              w={84}
              min={1}
              max={100}
              clampBehavior="blur"
              allowDecimal={false}
              allowNegative={false}
              required
              value={form.values.items[index]?.weight}
              onChange={(next) => form.setFieldValue(`items.${index}.weight`, typeof next === 'number' ? next : 1)}
            />
            <ActionIcon
              mb={4}
              aria-label={t('removeQuestion', { number: index + 1 })}
              disabled={items.length === 1}
              onClick={() => form.removeListItem('items', index)}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        {items.length < MOST && (
          <Group>
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => form.insertListItem('items', item())}
            >
              {t('addQuestion')}
            </Button>
          </Group>
        )}
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {common(card === undefined ? 'create' : 'save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
