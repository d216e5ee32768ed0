import { Box, Button, Group, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { api } from '@/api/client';
import { queryClient } from '@/api/query';
import type { Retention, RetentionRule } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { count } from '@/lib/format';
import { useMay } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { When } from '@/ui/Times';
import { toastDone } from '@/ui/toast';
import { retentionQuery } from './queries';
import { usePrivacyTexts } from './text';

type Days = Record<string, number | null>;
/** What a rule that is switched on begins with. */
const A_YEAR = 365;

const daysOf = (retention: Retention): Days =>
  Object.fromEntries(retention.data.map(({ kind, days }) => [kind, days ?? null]));

/** Whether something would be kept for a shorter time than it is. */
function isShorter(retention: Retention, wanted: Days): boolean {
  return retention.data.some(({ kind, days, days_without_rule }) => {
    const before = days ?? days_without_rule ?? Number.POSITIVE_INFINITY;
    return (wanted[kind] ?? days_without_rule ?? Number.POSITIVE_INFINITY) < before;
  });
}

export function RetentionForm({ retention }: { retention: Retention }) {
  const t = usePrivacyTexts();
  const words = useCommon();
  const isReadOnly = !useMay('workspace.write');
  const form = useForm<Days>({ initialValues: daysOf(retention) });
  const { failure, attempt } = useFormFailure(form);
  const [isAsking, setAsking] = useState(false);

  const save = (): Promise<boolean> =>
    attempt(async () => {
      const { data } = await api.PUT('/api/v1/retention', { body: { rules: form.getValues() } });
      queryClient.setQueryData(retentionQuery.queryKey, data);
      form.resetDirty();
      toastDone(t('saved'));
    });

  return (
    <form
      onSubmit={form.onSubmit(async (values) => {
        if (isShorter(retention, values)) {
          setAsking(true);
        } else {
          await save();
        }
      })}
    >
      <Stack>
        {retention.plan_days != null && (
          <Text size="sm" c="dimmed">
            {t('proposal', { count: count(retention.plan_days) })}
          </Text>
        )}
        {retention.data.map((rule) => (
          <Rule
            key={rule.kind}
            rule={rule}
            isReadOnly={isReadOnly}
            value={form.values[rule.kind] ?? null}
            error={form.errors[rule.kind]}
            onChange={(days) => form.setFieldValue(rule.kind, days)}
          />
        ))}
        <FormFailure>{failure}</FormFailure>
        {!isReadOnly && (
          <Group justify="flex-end">
            <Button type="submit" loading={form.submitting} disabled={!form.isDirty()}>
              {words('save')}
            </Button>
          </Group>
        )}
      </Stack>
      <Confirm
        title={t('saveTitle')}
        deed={t('saveDeed')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={save}
      >
        {t('saveText')}
      </Confirm>
    </form>
  );
}

interface RuleProps {
  rule: RetentionRule;
  value: number | null;
  error: React.ReactNode;
  isReadOnly: boolean;
  onChange: (days: number | null) => void;
}

function Rule({ rule, value, error, isReadOnly, onChange }: RuleProps) {
  const t = usePrivacyTexts();
  const kind = t(rule.kind);
  const withoutRule =
    rule.days_without_rule == null ? t('forever') : t('unless', { count: count(rule.days_without_rule) });
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mih={56}>
      <Box miw={0} style={{ flex: '1 1 14rem' }}>
        <Text size="sm" fw={600}>
          {kind}
        </Text>
        <Text size="xs" c="dimmed">
          {t(`${rule.kind}About`)}
          {rule.removed_before != null && (
            <>
              {' · '}
              {t('removedBefore')} <When at={rule.removed_before} />
            </>
          )}
        </Text>
      </Box>
      <Group gap="md" align="flex-start" wrap="nowrap">
        <Switch
          mt={8}
          label={withoutRule}
          checked={value === null}
          disabled={isReadOnly}
          onChange={(event) => onChange(event.currentTarget.checked ? null : (rule.days ?? A_YEAR))}
        />
        <NumberInput
          w={130}
          aria-label={t('daysOf', { kind })}
          placeholder="—"
          suffix={` ${t('days')}`}
          min={rule.least_days}
          max={36_500}
          allowDecimal={false}
          value={value ?? ''}
          disabled={value === null}
          readOnly={isReadOnly}
          error={error}
          description={value !== null && rule.least_days > 1 ? t('atLeast', { count: rule.least_days }) : undefined}
          inputWrapperOrder={['input', 'description', 'error']}
          onChange={(days) => onChange(typeof days === 'number' ? days : rule.least_days)}
        />
      </Group>
    </Group>
  );
}
