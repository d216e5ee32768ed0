// The numbers of a condition, drawn by its kind.

import { NumberInput, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { RuleForm } from '../rules';
import { useRuleTexts } from '../text';

interface ConditionFieldsProps {
  form: UseFormReturnType<RuleForm>;
}

type NumberField = 'calls' | 'withinMinutes' | 'belowPercent' | 'leastCalls' | 'silentMinutes' | 'days';

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
  }
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
