// The API's docs, made of the description that this very server gives of itself: nothing is fetched from elsewhere.

import { Accordion, Anchor, Button, Group, NavLink, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconExternalLink, IconFileCode, IconSearch } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { OperationCard, Prose } from '../components/OperationCard';
import { useDocsTexts } from '../docsText';
import { documentQuery } from '../document';
import { found, type Section, sectionsOf } from '../openapi';

const route = getRouteApi('/workspace/developers/docs');

export function DocsPage() {
  const t = useDocsTexts();
  const { q = '', tag } = route.useSearch();
  const navigate = useNavigate();
  const { data: document } = useSuspenseQuery(documentQuery);
  const sections = useMemo(() => sectionsOf(document), [document]);
  const search = useDeferredValue(q);
  const fitting = useMemo(() => found(sections, search), [sections, search]);
  // A search goes through everything; without one, one chapter at a time is plenty.
  const chosen = fitting.find((section) => section.tag === tag) ?? fitting[0];
  const shown = search !== '' ? fitting : chosen === undefined ? [] : [chosen];
  const schemas = document.components?.schemas ?? {};

  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconExternalLink size={16} />}
            component="a"
            href="/docs"
            target="_blank"
            rel="noreferrer"
          >
            {t('plain')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconFileCode size={16} />}
            component="a"
            href="/openapi.json"
            target="_blank"
            rel="noreferrer"
          >
            {t('document')}
          </Button>
        </>
      }
    >
      <TextInput
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} />}
        value={q}
        onChange={({ currentTarget }) =>
          void navigate({ to: '/developers/docs', search: { q: currentTarget.value, tag }, replace: true })
        }
        maw={420}
      />
      <Group align="flex-start" gap="xl" wrap="nowrap">
        <Chapters sections={fitting} current={search === '' ? chosen?.tag : undefined} />
        <Stack gap="xl" style={{ flex: 1, minWidth: 0 }}>
          {shown.length === 0 && (
            <EmptyState icon={IconSearch} title={t('nothingTitle')}>
              {t('nothingText')}
            </EmptyState>
          )}
          {shown.map((section) => (
            <section key={section.tag} aria-labelledby={`docs-${section.tag}`}>
              <Title order={2} id={`docs-${section.tag}`} tt="capitalize">
                {section.tag.replaceAll(/[-_]/g, ' ')}
              </Title>
              <Text size="sm" c="dimmed" mb="sm">
                <Prose text={section.about} />
              </Text>
              <Paper style={{ overflow: 'hidden' }}>
                <Accordion multiple chevronPosition="left" keepMounted={false}>
                  {section.operations.map((operation) => (
                    <OperationCard key={operation.operationId} operation={operation} schemas={schemas} />
                  ))}
                </Accordion>
              </Paper>
            </section>
          ))}
          <PhoneChapters sections={fitting} />
        </Stack>
      </Group>
    </Page>
  );
}

function Chapters({ sections, current }: { sections: Section[]; current: string | undefined }) {
  const navigate = useNavigate();
  const t = useDocsTexts();
  return (
    <Stack component="nav" aria-label={t('title')} gap={0} w={200} visibleFrom="md" style={{ flex: 'none' }}>
      {sections.map(({ tag, operations }) => (
        <NavLink
          key={tag}
          component="button"
          label={tag.replaceAll(/[-_]/g, ' ')}
          tt="capitalize"
          py={6}
          style={{ borderRadius: 'var(--mantine-radius-md)' }}
          active={tag === current}
          rightSection={
            <Text size="xs" c="dimmed">
              {operations.length}
            </Text>
          }
          onClick={() => void navigate({ to: '/developers/docs', search: { tag } })}
        />
      ))}
    </Stack>
  );
}

/** On a phone the chapters stand below what is shown. */
function PhoneChapters({ sections }: { sections: Section[] }) {
  const navigate = useNavigate();
  return (
    <Group hiddenFrom="md" gap="md">
      {sections.map(({ tag }) => (
        <Anchor
          key={tag}
          component="button"
          size="sm"
          tt="capitalize"
          onClick={() => void navigate({ to: '/developers/docs', search: { tag } })}
        >
          {tag.replaceAll(/[-_]/g, ' ')}
        </Anchor>
      ))}
    </Group>
  );
}
