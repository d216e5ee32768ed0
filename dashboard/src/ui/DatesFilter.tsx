// From one day to another, both included, as days of the workspace.

import '@mantine/dates/styles.css';
import 'dayjs/locale/es';
import { DatePickerInput } from '@mantine/dates';
import { IconCalendar } from '@tabler/icons-react';
import { defineTexts, useLanguage } from '@/i18n';
import { dayKey } from '@/lib/format';
import { addDays } from '@/lib/zone';

const { useTexts: useDatesTexts } = defineTexts('dates', {
  en: { dates: 'Dates', clear: 'Clear the dates', today: 'Today', last7: 'Last 7 days', last30: 'Last 30 days' },
  es: { dates: 'Fechas', clear: 'Quitar las fechas', today: 'Hoy', last7: 'Últimos 7 días', last30: 'Últimos 30 días' },
});

interface DatesFilterProps {
  /** 2026-11-21 */
  from: string | undefined;
  to: string | undefined;
  onChange: (change: { from?: string; to?: string }) => void;
}

export function DatesFilter({ from, to, onChange }: DatesFilterProps) {
  const t = useDatesTexts();
  const language = useLanguage();
  const today = dayKey(Date.now());
  return (
    <DatePickerInput
      type="range"
      aria-label={t('dates')}
      placeholder={t('dates')}
      leftSection={<IconCalendar size={16} aria-hidden />}
      locale={language}
      firstDayOfWeek={language === 'en' ? 0 : 1}
      valueFormat={language === 'en' ? 'MMM D' : 'D MMM'}
      allowSingleDateInRange
      clearable
      clearButtonProps={{ 'aria-label': t('clear') }}
      w={190}
      maxDate={today}
      value={[from ?? null, to ?? null]}
      onChange={([first, last]) => onChange({ from: first ?? undefined, to: last ?? undefined })}
      presets={[
        { value: [today, today], label: t('today') },
        { value: [addDays(today, -6), today], label: t('last7') },
        { value: [addDays(today, -29), today], label: t('last30') },
      ]}
    />
  );
}
