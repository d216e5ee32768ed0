import { Select, type SelectProps } from '@mantine/core';
import { useMemo } from 'react';

/** Every time zone of the database that browsers have, with what the clock is ahead of UTC there now. Found by any part. */
export function TimeZoneSelect({ value, ...rest }: Omit<SelectProps, 'data' | 'value'> & { value?: string }) {
  const data = useMemo(() => {
    const zones = Intl.supportedValuesOf('timeZone');
    // One that was kept and that this browser does not list is shown all the same.
    const all = value === undefined || zones.includes(value) ? ['UTC', ...zones] : ['UTC', value, ...zones];
    return [...new Set(all)].map((zone) => ({ value: zone, label: `${zone.replaceAll('_', ' ')} (${ahead(zone)})` }));
  }, [value]);
  return <Select searchable allowDeselect={false} limit={80} data={data} value={value} {...rest} />;
}

/** UTC+02:00 */
function ahead(timeZone: string): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts();
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    return name === 'GMT' ? 'UTC' : name.replace('GMT', 'UTC');
  } catch {
    return '?';
  }
}
