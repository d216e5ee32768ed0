// The numbers of a condition, drawn by its kind.

import { NumberInput, Radio, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { listsQuery } from '../queries';
import type { RuleForm } from '../rules';
import { useRuleTexts } from '../text';

interface ConditionFieldsProps {
  form: UseFormReturnType<RuleForm>;
}

type NumberField = 'calls' | 'withinMinutes' | 'belowPercent' | 'leastCalls' | 'silentMinutes' | 'days' | 'strength';

/** The bounds are the server's. */
function Bounded({
  form,
  field,
  min,
  max,
  label,
}: ConditionFieldsProps & { field: NumberField; min: number; max: number; label: string }) {
  const { value, error } = form.getInputProps(field) as { value: number; error?: string };
  return (
    <NumberInput
      label={label}
      value={value}
      error={error}
      min={min}
      max={max}
      clampBehavior="blur"
      allowDecimal={false}
      allowNegative={false}
      required
      onChange={(next) => form.setFieldValue(field, typeof next === 'number' ? next : min)}
    />
  );
}

export function ConditionFields({ form }: ConditionFieldsProps) {
  const t = useRuleTexts();
  switch (form.values.kind) {
    case 'missed_call_spike':
      return (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Bounded form={form} field="calls" min={1} max={1000} label={t('calls')} />
          <Bounded form={form} field="withinMinutes" min={1} max={1440} label={t('withinMinutes')} />
        </SimpleGrid>
      );
    case 'low_answer_rate':
      return (
        <SimpleGrid cols={{ base: 1, xs: 3 }} style={{ alignItems: 'end' }}>
          <Bounded form={form} field="belowPercent" min={1} max={100} label={t('belowPercent')} />
          <Bounded form={form} field="leastCalls" min={1} max={1000} label={t('leastCalls')} />
          <Bounded form={form} field="withinMinutes" min={5} max={1440} label={t('withinMinutes')} />
        </SimpleGrid>
      );
    case 'connection_silent':
      return <Silence form={form} />;
    case 'credential_expiring':
      return <Bounded form={form} field="days" min={1} max={90} label={t('days')} />;
    case 'voicemail_received':
      return null;
    case 'keyword_heard':
      return <ListField form={form} />;
    case 'negative_sentiment':
      return <Bounded form={form} field="strength" min={1} max={100} label={t('strength')} />;
  }
}

/** Any list, or one of them; one that is gone keeps its place until another is chosen. */
function ListField({ form }: ConditionFieldsProps) {
  const t = useRuleTexts();
  const { data: lists = [] } = useQuery({ ...listsQuery, select: ({ data }) => data });
  const held = form.values.listId;
  const known = lists.map(({ id, name }) => ({ value: id, label: name }));
  const gone = held === '' || known.some(({ value }) => value === held) ? [] : [{ value: held, label: t('goneList') }];
  return (
    <Select
      label={t('list')}
      description={lists.length === 0 ? t('noLists') : undefined}
      allowDeselect={false}
      value={held}
      onChange={(value) => form.setFieldValue('listId', value ?? '')}
      data={[{ value: '', label: t('anyList') }, ...known, ...gone]}
    />
  );
}

function Silence({ form }: ConditionFieldsProps) {
  const t = useRuleTexts();
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t('silence')}
        value={form.values.silence}
        onChange={(value) => form.setFieldValue('silence', value as RuleForm['silence'])}
      >
        <Stack gap={6} mt={6}>
          <Radio value="usual" label={t('silenceUsual')} description={t('silenceUsualAbout')} />
          <Radio value="fixed" label={t('silenceFixed')} />
        </Stack>
      </Radio.Group>
      {form.values.silence === 'fixed' && (
        <Bounded form={form} field="silentMinutes" min={5} max={20160} label={t('minutes')} />
      )}
    </Stack>
  );
}

export function KindAbout({ kind }: { kind: RuleForm['kind'] }) {
  const t = useRuleTexts();
  return (
    <Text size="sm" c="dimmed">
      {t(`${kind}_about`)}
    </Text>
  );
}
