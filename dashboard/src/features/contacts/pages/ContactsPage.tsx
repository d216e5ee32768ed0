// All contacts, the newest first, found by name, company, number or address.

import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAddressBook, IconFileImport, IconFilterOff, IconUserPlus } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { SearchInput } from '@/ui/SearchInput';
import { ExportButton } from '@/ui/views/ExportButton';
import { SavedViews } from '@/ui/views/SavedViews';
import { ContactForm } from '../components/ContactForm';
import { CompactContact, columnsOf } from '../components/columns';
import { useContacts } from '../queries';
import { useContactTexts } from '../text';

const route = getRouteApi('/workspace/contacts');

export function ContactsPage() {
  const t = useContactTexts();
  const { q } = route.useSearch();
  const navigate = useNavigate();
  const contacts = useContacts(q);
  const mayWrite = useMay('records.write');
  const [isAdding, adding] = useDisclosure(false);
  const look = (text: string): void =>
    void navigate({ to: '/contacts', search: { q: text === '' ? undefined : text }, replace: true });
  const open = (id: string): void => void navigate({ to: '/contacts/$id', params: { id } });

  const addButton = (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={adding.open}>
      {t('newContact')}
    </Button>
  );
  const importButton = (
    <Button
      variant="default"
      leftSection={<IconFileImport size={16} aria-hidden />}
      renderRoot={(props) => <Link to="/contacts/import" {...props} />}
    >
      {t('importFile')}
    </Button>
  );
  return (
    <Page
      title={t('title')}
      isFull
      actions={
        <>
          <SavedViews
            noun="contacts"
            filters={{ q }}
            onApply={(search) => void navigate({ to: '/contacts', search })}
          />
          <ExportButton noun="contacts" query={{ q }} />
          {mayWrite && importButton}
          {mayWrite && addButton}
        </>
      }
    >
      <Stack h="100%" gap="sm">
        <SearchInput value={q ?? ''} label={t('searchHint')} onSearch={look} width={320} />
        <div style={{ flex: 1, minHeight: 280 }}>
          <RowList
            label={t('title')}
            rows={contacts}
            columns={columnsOf(t)}
            rowKey={(contact) => contact.id}
            rowHeight={48}
            onOpen={(contact) => open(contact.id)}
            compact={(contact) => <CompactContact contact={contact} />}
            empty={
              q === undefined ? (
                <EmptyState
                  icon={IconAddressBook}
                  title={t('noneTitle')}
                  action={mayWrite && <Button.Group>{importButton}</Button.Group>}
                >
                  {t('noneText')}
                </EmptyState>
              ) : (
                <EmptyState
                  icon={IconFilterOff}
                  title={t('noMatchTitle')}
                  action={
                    <Button variant="light" onClick={() => look('')}>
                      {t('clearSearch')}
                    </Button>
                  }
                >
                  {t('noMatchText', { search: q })}
                </EmptyState>
              )
            }
          />
        </div>
      </Stack>
      <ContactForm isOpen={isAdding} onClose={adding.close} onDone={open} />
    </Page>
  );
}
