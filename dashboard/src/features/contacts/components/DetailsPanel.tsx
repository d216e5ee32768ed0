// What is known of a contact, and which contacts were merged into it.

import { Anchor, Badge, Button, Divider, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { day, phone } from '@/lib/format';
import { CopyIcon } from '@/ui/Copy';
import { toastDone, toastFailed } from '@/ui/toast';
import { type ContactDetail, type ContactPart, mergeContacts, splitContact } from '../queries';
import { useContactTexts } from '../text';

export function DetailsPanel({ contact, mayWrite }: { contact: ContactDetail; mayWrite: boolean }) {
  const t = useContactTexts();
  return (
    <Paper p="md">
      <Stack gap="md">
        <Title order={2}>{t('details')}</Title>
        {contact.numbers.length > 0 && (
          <Field label={t('numbers')}>
            {contact.numbers.map((number) => (
              <Group key={number} gap={4} wrap="nowrap">
                <Anchor size="sm" href={`tel:${number}`}>
                  {phone(number)}
                </Anchor>
                <CopyIcon value={number} />
              </Group>
            ))}
          </Field>
        )}
        {contact.emails.length > 0 && (
          <Field label={t('emails')}>
            {contact.emails.map((email) => (
              <Anchor key={email} size="sm" href={`mailto:${email}`} truncate title={email}>
                {email}
              </Anchor>
            ))}
          </Field>
        )}
        {contact.company != null && (
          <Field label={t('company')}>
            <Text size="sm">{contact.company}</Text>
          </Field>
        )}
        {contact.kind != null && (
          <Field label={t('providers')}>
            <Badge color="gray">{t(`kind_${contact.kind}` as const)}</Badge>
          </Field>
        )}
        <Field label={t('firstSeen')}>
          <Text size="sm">{day(contact.occurred_at)}</Text>
        </Field>
        {contact.parts.length > 0 && (
          <>
            <Divider />
            <Field label={t('parts')}>
              {contact.parts.map((part) => (
                <Part key={part.id} contact={contact} part={part} mayWrite={mayWrite} />
              ))}
            </Field>
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed" fw={550}>
        {label}
      </Text>
      {children}
    </Stack>
  );
}

interface PartProps {
  contact: ContactDetail;
  part: ContactPart;
  mayWrite: boolean;
}

/** Taking one out can be taken back, so it is done without asking. */
function Part({ contact, part, mayWrite }: PartProps) {
  const t = useContactTexts();
  const [isBusy, setBusy] = useState(false);
  const number = phone(part.natural_key);
  const split = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await splitContact(contact.id, part.natural_key);
      toastDone(t('splitDone', { number }), () => void mergeContacts(contact.id, [id]).catch(toastFailed));
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Stack gap={0} miw={0}>
        <Text size="sm" truncate title={number}>
          {number}
        </Text>
        {part.name != null && (
          <Text size="xs" c="dimmed" truncate title={part.name}>
            {t('calledItself', { name: part.name })}
          </Text>
        )}
      </Stack>
      {mayWrite && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowsSplit2 size={14} aria-hidden />}
          loading={isBusy}
          aria-label={t('splitLabel', { number })}
          onClick={split}
        >
          {t('split')}
        </Button>
      )}
    </Group>
  );
}
