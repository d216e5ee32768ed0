// How a rule tells: in the dashboard, by mail, in Slack.

import { Anchor, Checkbox, Collapse, Group, MultiSelect, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { LANGUAGES } from '@/i18n';
import { useMay } from '@/session/me';
import { connectionsQuery, membersQuery } from '../queries';
import { type RuleForm, tellsNobody } from '../rules';
import { useRuleTexts } from '../text';

interface WaysFieldsProps {
  form: UseFormReturnType<RuleForm>;
}

export function WaysFields({ form }: WaysFieldsProps) {
  const t = useRuleTexts();
  const { email, slack } = form.values;
  return (
    <Stack gap="sm">
      <Text size="sm" fw={500} component="h3">
        {t('ways')}
      </Text>
      <Checkbox label={t('inApp')} {...form.getInputProps('inApp', { type: 'checkbox' })} />
      <Checkbox label={t('email')} {...form.getInputProps('email', { type: 'checkbox' })} />
      <Collapse expanded={email}>
        <Email form={form} />
      </Collapse>
      <Checkbox label={t('slack')} {...form.getInputProps('slack', { type: 'checkbox' })} />
      <Collapse expanded={slack}>
        <SlackChannel form={form} />
      </Collapse>
      {tellsNobody(form.values) && (
        <Text size="sm" c="red" role="alert">
          {t('noWay')}
        </Text>
      )}
      {(email || slack) && (
        <Group gap="sm">
          <Text size="sm" id="rule-language">
            {t('language')}
          </Text>
          <SegmentedControl
            size="xs"
            aria-labelledby="rule-language"
            value={form.values.language}
            onChange={(value) => form.setFieldValue('language', value as RuleForm['language'])}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
        </Group>
      )}
    </Stack>
  );
}

function Email({ form }: WaysFieldsProps) {
  const t = useRuleTexts();
  const mayRead = useMay('members.read');
  const isChosen = form.values.emailTo === 'chosen';
  const members = useQuery({ ...membersQuery, enabled: mayRead && isChosen }).data?.data ?? [];
  return (
    <Stack gap="xs" pl={30}>
      <Select
        label={t('emailTo')}
        allowDeselect={false}
        value={form.values.emailTo}
        onChange={(value) => form.setFieldValue('emailTo', value as RuleForm['emailTo'])}
        data={(['owners', 'admins', 'everybody', 'chosen'] as const).map((value) => ({ value, label: t(value) }))}
      />
      {isChosen && (
        <MultiSelect
          label={t('people')}
          searchable
          required
          maxValues={50}
          error={form.errors.userIds}
          value={form.values.userIds}
          onChange={(ids) => form.setFieldValue('userIds', ids)}
          data={members.map(({ user_id, full_name, email }) => ({ value: user_id, label: `${full_name} · ${email}` }))}
        />
      )}
    </Stack>
  );
}

function SlackChannel({ form }: WaysFieldsProps) {
  const t = useRuleTexts();
  const { slack, slackConnection } = form.values;
  const all = useQuery({ ...connectionsQuery, enabled: slack }).data?.data;
  const channels = all?.filter(({ provider }) => provider === 'slack') ?? [];
  if (all !== undefined && channels.length === 0 && slackConnection === null) {
    return (
      <Text size="sm" c="dimmed" pl={30}>
        {t('noSlack')}{' '}
        <Anchor
          size="sm"
          underline="always"
          renderRoot={(props) => <Link to={'/connections/new' as LinkProps['to']} {...props} />}
        >
          {t('connectSlack')}
        </Anchor>
      </Text>
    );
  }
  const isGone = slackConnection !== null && all !== undefined && !channels.some(({ id }) => id === slackConnection);
  const options = channels.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      pl={30}
      label={t('slackConnection')}
      required={slack}
      value={slackConnection}
      error={form.errors.slackConnection}
      onChange={(value) => form.setFieldValue('slackConnection', value)}
      data={isGone ? [...options, { value: slackConnection, label: t('goneSlack') }] : options}
    />
  );
}
