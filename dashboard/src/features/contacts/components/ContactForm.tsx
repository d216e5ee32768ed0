// A contact written down, or what is written of one changed.

import { Button, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCommon } from '@/i18n/common';
import { showFaults } from '@/ui/formFaults';
import { toastDone, toastFailed } from '@/ui/toast';
import { type Contact, createContact, type ContactForm as Form, updateContact } from '../queries';
import { useContactTexts } from '../text';

interface ContactFormProps {
  isOpen: boolean;
  onClose: () => void;
  /** The one that is changed; a new one where there is none. */
  contact?: Contact;
  onDone?: (id: string) => void;
}

export function ContactForm({ isOpen, onClose, contact, onDone }: ContactFormProps) {
  const t = useContactTexts();
  const title = contact === undefined ? t('newContact') : t('edit');
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': useCommon()('close') }}>
      <Fields contact={contact} onClose={onClose} onDone={onDone} />
    </Modal>
  );
}

/** Inside the dialog, so that it begins anew each time it opens. */
function Fields({ contact, onClose, onDone }: Omit<ContactFormProps, 'isOpen'>) {
  const t = useContactTexts();
  const common = useCommon();
  const initialValues: Form & { phone: string } = {
    phone: '',
    name: contact?.name ?? '',
    company: contact?.company ?? '',
    emails: contact?.emails ?? [],
  };
  const form = useForm({ initialValues });

  const submit = form.onSubmit(async ({ phone, ...rest }) => {
    try {
      if (contact === undefined) {
        const made = await createContact({ phone, ...rest });
        toastDone(t('created'));
        onDone?.(made.id);
      } else {
        await updateContact(contact.id, rest);
        toastDone(t('saved'));
      }
      onClose();
    } catch (error) {
      if (showFaults(form, error) !== undefined) {
        toastFailed(error);
      }
    }
  });

  return (
    <form onSubmit={submit}>
      <Stack>
        {contact === undefined && (
          <TextInput
            label={t('phone')}
            description={t('newHint')}
            type="tel"
            placeholder="+14155550123"
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('phone')}
          />
        )}
        <TextInput
          label={t('name')}
          maxLength={200}
          autoComplete="off"
          data-autofocus={contact !== undefined || undefined}
          {...form.getInputProps('name')}
        />
        <TextInput label={t('company')} maxLength={200} autoComplete="off" {...form.getInputProps('company')} />
        <TagsInput
          label={t('emails')}
          description={t('emailsHint')}
          maxTags={32}
          splitChars={[',', ';', ' ']}
          acceptValueOnBlur
          {...form.getInputProps('emails')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {common('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
