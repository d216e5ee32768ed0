// The form of a rule, new or old.

import { Anchor, Button, Checkbox, Drawer, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useLanguage } from '@/i18n';
import { useCommon } from '@/i18n/common';
import { spell } from '@/lib/format';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { createRule, hoursQuery, type NotificationRule, updateRule } from '../queries';
import { blank, faultLine, KINDS, quietChoices, type RuleForm, tellsNobody, toBody, toForm } from '../rules';
import { useRuleTexts } from '../text';
import { ConditionFields, KindAbout } from './ConditionFields';
import { WaysFields } from './WaysFields';

interface RuleEditorProps {
  /** The rule; none for a new one. */
  rule: NotificationRule | undefined;
  isOpen: boolean;
  onClose: () => void;
}

export function RuleEditor({ rule, isOpen, onClose }: RuleEditorProps) {
  const t = useRuleTexts();
  const common = useCommon();
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="md"
      title={rule === undefined ? t('newRule') : t('editRule')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      {isOpen && <Form key={rule?.id ?? 'new'} rule={rule} onClose={onClose} />}
    </Drawer>
  );
}

function Form({ rule, onClose }: Omit<RuleEditorProps, 'isOpen'>) {
  const t = useRuleTexts();
  const common = useCommon();
  const language = useLanguage();
  const form = useForm<RuleForm>({
    mode: 'controlled',
    initialValues: rule === undefined ? blank(language) : toForm(rule),
    validate: {
      userIds: (ids, { email, emailTo }) => (email && emailTo === 'chosen' && ids.length === 0 ? t('people') : null),
      slackConnection: (id, { slack }) => (slack && id === null ? t('slackConnection') : null),
    },
  });
  const { failure, attempt } = useFormFailure(form as never, (error) => faultLine(error, t));
  const save = form.onSubmit(async (values) => {
    const body = toBody(values);
    const isDone = await attempt(() => (rule === undefined ? createRule(body) : updateRule(rule.id, body)));
    if (isDone) {
      toastDone(rule === undefined ? t('created') : t('saved'));
      onClose();
    }
  });
  return (
    <form onSubmit={save}>
      <Stack>
        <div>
          <Select
            label={t('kind')}
            data-autofocus
            allowDeselect={false}
            value={form.values.kind}
            onChange={(kind) => form.setFieldValue('kind', kind as RuleForm['kind'])}
            data={KINDS.map((value) => ({ value, label: t(value) }))}
            mb={4}
          />
          <KindAbout kind={form.values.kind} />
        </div>
        <ConditionFields form={form} />
        <InHours form={form} />
        <Select
          label={t('quiet')}
          description={t('quietAbout')}
          allowDeselect={false}
          value={String(form.values.quietMinutes)}
          onChange={(value) => form.setFieldValue('quietMinutes', Number(value))}
          data={quietChoices(form.values.quietMinutes).map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? t('quiet_0') : spell(minutes * 60),
          }))}
        />
        <WaysFields form={form} />
        <TextInput
          label={t('name')}
          description={t('nameAbout')}
          maxLength={200}
          placeholder={t(form.values.kind)}
          {...form.getInputProps('name')}
        />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting} disabled={tellsNobody(form.values)}>
            {rule === undefined ? common('create') : common('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function InHours({ form }: { form: UseFormReturnType<RuleForm> }) {
  const t = useRuleTexts();
  const hours = useQuery(hoursQuery).data;
  return (
    <div>
      <Checkbox
        label={t('hoursSet')}
        description={t('hoursAbout')}
        {...form.getInputProps('onlyInHours', { type: 'checkbox' })}
      />
      {form.values.onlyInHours && hours?.is_set === false && (
        <Text size="xs" c="dimmed" pl={30} mt={4}>
          {t('hoursUnset')}{' '}
          <Anchor
            size="xs"
            underline="always"
            renderRoot={(props) => <Link to={'/settings/hours' as LinkProps['to']} {...props} />}
          >
            {t('setHours')}
          </Anchor>
        </Text>
      )}
    </div>
  );
}
