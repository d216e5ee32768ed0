// How a file is read: whose it is, where its clock stood, and, for one that nobody knows, what its columns are.

import { Select, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { $api } from '@/api/client';
import { COUNTRIES, nameOfCountry } from '@/lib/countries';
import { currentTimeZone } from '@/lib/format';
import { Section } from '@/ui/Section';
import { TimeZoneSelect } from '@/ui/TimeZoneSelect';
import { FORMATS, type Format, type ImportPreview, type ImportWish } from '../queries';
import { useImportTexts } from '../text';
import { Mapping } from './Mapping';

interface PlanFormProps {
  preview: ImportPreview;
  wish: ImportWish;
  onChange: (wish: ImportWish) => void;
}

/** The provider whose connections hold the calls of a format. */
function providerOf(format: string | undefined): string {
  return format === 'ucm' ? 'clouducm' : 'generic';
}

export function PlanForm({ preview, wish, onChange }: PlanFormProps) {
  const t = useImportTexts();
  const connections = useQuery($api.queryOptions('get', '/api/v1/connections')).data?.data ?? [];
  const format = wish.format ?? preview.detected ?? undefined;
  const fitting = connections.filter(({ provider }) => provider === providerOf(format));
  return (
    <Section title={t('how')}>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label={t('format')}
            description={t(wish.format != null ? 'chosen' : preview.detected == null ? 'notDetected' : 'detected')}
            data={FORMATS.map((value) => ({ value, label: t(`format_${value}` as const) }))}
            value={format ?? null}
            onChange={(value) => onChange({ ...wish, format: value as Format, mapping: null, connection_id: null })}
            allowDeselect={false}
          />
          <TimeZoneSelect
            label={t('zone')}
            description={t('zoneHint')}
            value={wish.time_zone ?? preview.plan?.time_zone ?? currentTimeZone()}
            onChange={(time_zone) => onChange({ ...wish, time_zone })}
          />
          {format !== 'ucm' && (
            <Select
              label={t('country')}
              description={t('countryHint')}
              data={COUNTRIES.map((value) => ({ value, label: nameOfCountry(value) }))}
              value={wish.country ?? 'US'}
              onChange={(country) => onChange({ ...wish, country })}
              allowDeselect={false}
              searchable
            />
          )}
          <Select
            label={t('connection')}
            description={t('connectionHint')}
            placeholder={fitting.length === 0 ? t('newConnection') : undefined}
            disabled={fitting.length === 0}
            data={fitting.map(({ id, name }) => ({ value: id, label: name }))}
            value={wish.connection_id ?? (fitting.length === 1 ? fitting[0]?.id : null) ?? null}
            onChange={(connection_id) => onChange({ ...wish, connection_id })}
            allowDeselect={false}
          />
        </SimpleGrid>
        {format === 'columns' && (
          <Mapping
            columns={preview.columns}
            mapping={wish.mapping ?? {}}
            onChange={(mapping) => onChange({ ...wish, mapping })}
          />
        )}
      </Stack>
    </Section>
  );
}
