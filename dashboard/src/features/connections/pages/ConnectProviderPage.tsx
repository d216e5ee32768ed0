// The first half of setting up: what to do at the provider on the left, what to enter here on the right. The connection's own
// page leads on from there, so that whoever reloads or comes back tomorrow goes on where they were.

import { Anchor, Button, Collapse, Grid, Group, List, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Page } from '@/ui/Page';
import { emptyValues, Fields } from '../components/Fields';
import { checkConnection, createConnection, type Provider, providersQuery } from '../queries';
import { useConnectionTexts } from '../text';
import { inWords, sortFields, sortValues } from '../words';

const route = getRouteApi('/workspace/connections/new/$provider');

export function ConnectProviderPage() {
  const t = useConnectionTexts();
  const mayConnect = useMay('connections.write');
  const slug = route.useParams().provider;
  const found = useSuspenseQuery(providersQuery).data.data.find(({ provider }) => provider === slug);
  if (found === undefined) {
    return null;
  }
  const provider = inWords(found);
  return (
    <Page
      title={t('connectName', { name: provider.name })}
      about={provider.purpose}
      above={
        <Anchor size="sm" renderRoot={(props) => <Link to="/connections/new" {...props} />}>
          {t('connectTitle')}
        </Anchor>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Steps provider={provider} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          {mayConnect ? <ConnectForm provider={provider} /> : <Text c="dimmed">{t('connectMayNot')}</Text>}
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function Steps({ provider }: { provider: Provider }) {
  const t = useConnectionTexts();
  return (
    <Paper p="md" component="section" aria-labelledby="steps">
      <Title order={2} id="steps" mb="sm">
        {t('steps', { name: provider.name })}
      </Title>
      <List type="ordered" spacing="sm" size="sm">
        {provider.steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
    </Paper>
  );
}

function ConnectForm({ provider }: { provider: Provider }) {
  const t = useConnectionTexts();
  const navigate = useNavigate();
  const { first, more } = sortFields(provider.fields);
  const [isOpen, { toggle }] = useDisclosure(false);
  const [isBusy, setBusy] = useState(false);
  const form = useForm<Record<string, string>>({
    mode: 'controlled',
    initialValues: { name: provider.name, ...emptyValues(provider.fields) },
  });
  const { failure, attempt } = useFormFailure(form);

  const submit = form.onSubmit(async ({ name = '', ...given }) => {
    setBusy(true);
    await attempt(async () => {
      const made = await createConnection({ provider: provider.provider, name, ...sortValues(provider.fields, given) });
      // A check that fails is told on the connection's page, where it can be put right; it is no reason to stay here.
      await checkConnection(made.id).catch(() => undefined);
      await navigate({ to: '/connections/$id', params: { id: made.id } });
    });
    setBusy(false);
  });

  return (
    <Paper p="md" component="form" onSubmit={submit} aria-labelledby="here" noValidate>
      <Stack gap="md">
        <Title order={2} id="here">
          {t('fields')}
        </Title>
        <TextInput label={t('name')} description={t('nameHelp')} maxLength={200} {...form.getInputProps('name')} />
        <Fields fields={first} form={form} />
        {more.length > 0 && (
          <>
            <Group>
              <Button
                variant="subtle"
                color="gray"
                px={0}
                onClick={toggle}
                aria-expanded={isOpen}
                rightSection={isOpen ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
              >
                {t('moreFields')}
              </Button>
            </Group>
            <Collapse expanded={isOpen}>
              <Fields fields={more} form={form} />
            </Collapse>
          </>
        )}
        <FormFailure>{failure}</FormFailure>
        <Group justify="space-between" gap="sm">
          <Text size="xs" c="dimmed">
            {t('secretKept')}
          </Text>
          <Button type="submit" loading={isBusy}>
            {t('connectName', { name: provider.name })}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
