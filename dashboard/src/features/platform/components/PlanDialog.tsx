import { Button, Group, Modal, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@/api/client';
import { invalidate, invalidateBelow } from '@/api/query';
import type { Plan } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { usePlatformTexts } from '../text';

interface PlanDialogProps {
  /** The plan to edit; null makes a new one, undefined keeps the dialog shut. */
  plan: Plan | null | undefined;
  /** Where a new one stands: behind the others. */
  nextPosition: number;
  onClose: () => void;
}

export function PlanDialog({ plan, nextPosition, onClose }: PlanDialogProps) {
  const t = usePlatformTexts();
  const words = useCommon();
  return (
    <Modal
      opened={plan !== undefined}
      onClose={onClose}
      title={plan ? t('editPlan', { name: plan.name }) : t('newPlan')}
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      {plan !== undefined && <PlanForm plan={plan ?? blank(nextPosition)} isNew={plan === null} onDone={onClose} />}
    </Modal>
  );
}

const blank = (position: number): Plan => ({
  id: '',
  name: '',
  price_cents: 0,
  currency: 'USD',
  position,
  is_offered: false,
  included: [],
  past_limit: 'warn',
  limits: {},
});

type Amount = number | '';
const shown = (value: number | null | undefined): Amount => value ?? '';
const sent = (value: Amount): number | null => (value === '' ? null : value);

function PlanForm({ plan, isNew, onDone }: { plan: Plan; isNew: boolean; onDone: () => void }) {
  const t = usePlatformTexts();
  const words = useCommon();
  const form = useForm({
    initialValues: {
      id: plan.id,
      name: plan.name,
      price: plan.price_cents / 100,
      currency: plan.currency,
      position: plan.position,
      is_offered: plan.is_offered,
      past_limit: plan.past_limit,
      minutes: shown(plan.limits.minutes),
      months: shown(plan.limits.retention_months),
      requests: shown(plan.limits.requests_per_hour),
    },
  });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit(({ id, price, minutes, months, requests, ...rest }) =>
    attempt(async () => {
      await api.PUT('/api/v1/admin/plans/{id}', {
        params: { path: { id } },
        body: {
          ...rest,
          price_cents: Math.round(price * 100),
          included: plan.included,
          limits: { minutes: sent(minutes), retention_months: sent(months), requests_per_hour: sent(requests) },
        },
      });
      toastDone(t('planSaved', { name: rest.name }));
      await Promise.all([invalidate('/api/v1/plans', '/api/v1/usage'), invalidateBelow('/api/v1/admin')]);
      onDone();
    }),
  );
  const whole = { min: 0, allowDecimal: false, description: t('empty') };
  return (
    <form onSubmit={submit}>
      <Stack>
        {isNew && (
          <TextInput
            label={t('planId')}
            description={t('planIdAbout')}
            required
            pattern="[a-z0-9_\-]+"
            data-autofocus
            {...form.getInputProps('id')}
          />
        )}
        <TextInput label={t('name')} required {...form.getInputProps('name')} />
        <SimpleGrid cols={2}>
          <NumberInput label={t('price')} min={0} decimalScale={2} required {...form.getInputProps('price')} />
          <TextInput label={t('currency')} required maxLength={3} {...form.getInputProps('currency')} />
          <NumberInput label={t('minutes')} {...whole} {...form.getInputProps('minutes')} />
          <NumberInput label={t('months')} {...whole} {...form.getInputProps('months')} />
          <NumberInput label={t('requests')} {...whole} {...form.getInputProps('requests')} />
          <NumberInput
            label={t('position')}
            description=" "
            min={0}
            allowDecimal={false}
            required
            {...form.getInputProps('position')}
          />
        </SimpleGrid>
        <Select
          label={t('pastLimit')}
          data={(['warn', 'no_additions'] as const).map((value) => ({ value, label: t(value) }))}
          allowDeselect={false}
          {...form.getInputProps('past_limit')}
        />
        <Switch label={t('offered')} {...form.getInputProps('is_offered', { type: 'checkbox' })} />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {words('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
