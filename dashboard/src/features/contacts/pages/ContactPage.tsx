// One contact: who it is, and everything that happened with them.

import { Anchor, Button, Grid, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowLeft, IconArrowsJoin2, IconMessage, IconPencil } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { phone } from '@/lib/format';
import { useMay } from '@/session/me';
import { Page } from '@/ui/Page';
import { ContactForm } from '../components/ContactForm';
import { DetailsPanel } from '../components/DetailsPanel';
import { MergeDialog } from '../components/MergeDialog';
import { PrivacyMenu } from '../components/PrivacyMenu';
import { TimelineList } from '../components/TimelineList';
import { titleOf } from '../names';
import { contactQuery, KINDS } from '../queries';
import { useContactTexts } from '../text';

const route = getRouteApi('/workspace/contacts/$id');

export function ContactPage() {
  const t = useContactTexts();
  const { id } = route.useParams();
  const { kind } = route.useSearch();
  const navigate = useNavigate();
  const { data: contact } = useSuspenseQuery(contactQuery(id));
  const mayWrite = useMay('records.write');
  const mayErase = useMay('privacy.write');
  const [isEditing, editing] = useDisclosure(false);
  const [isMerging, merging] = useDisclosure(false);
  const about = [contact.name != null ? contact.company : undefined, contact.phone && phone(contact.phone)];

  return (
    <Page
      title={titleOf(contact)}
      about={<Text span>{about.filter((part) => part && part !== titleOf(contact)).join(' · ')}</Text>}
      above={
        <Anchor size="sm" c="dimmed" renderRoot={(props) => <Link to="/contacts" {...props} />}>
          <Group gap={4}>
            <IconArrowLeft size={14} aria-hidden />
            {t('title')}
          </Group>
        </Anchor>
      }
      actions={
        <>
          {contact.phone != null && (
            <Button
              leftSection={<IconMessage size={16} aria-hidden />}
              renderRoot={(props) => (
                <Link to="/messages" search={{ contact: contact.id, number: contact.phone ?? undefined }} {...props} />
              )}
            >
              {t('sendMessage')}
            </Button>
          )}
          {mayWrite && (
            <>
              <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={editing.open}>
                {t('edit')}
              </Button>
              <Button variant="default" leftSection={<IconArrowsJoin2 size={16} aria-hidden />} onClick={merging.open}>
                {t('merge')}
              </Button>
            </>
          )}
          {mayErase && <PrivacyMenu contact={contact} onErased={() => void navigate({ to: '/contacts' })} />}
        </>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <DetailsPanel contact={contact} mayWrite={mayWrite} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <TimelineList
            id={contact.id}
            kind={KINDS.find((each) => each === kind)}
            onKind={(next) =>
              void navigate({ to: '/contacts/$id', params: { id }, search: { kind: next }, replace: true })
            }
          />
        </Grid.Col>
      </Grid>
      <ContactForm contact={contact} isOpen={isEditing} onClose={editing.close} />
      <MergeDialog contact={contact} isOpen={isMerging} onClose={merging.close} />
    </Page>
  );
}
