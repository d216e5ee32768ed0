// Countries whose numbers a file may hold without saying so, named in the language of the screen.

import { language } from '@/i18n';

// biome-ignore format: a list of codes reads best as a block
const CODES = [
  'AD','AE','AR','AT','AU','BE','BG','BO','BR','CA','CH','CL','CN','CO','CR','CU','CY','CZ','DE','DK','DO','EC','EE','EG','ES','FI',
  'FR','GB','GR','GT','HK','HN','HR','HU','ID','IE','IL','IN','IS','IT','JM','JP','KE','KR','LT','LU','LV','MA','MT','MX','MY','NG',
  'NI','NL','NO','NZ','PA','PE','PH','PK','PL','PR','PT','PY','RO','SA','SE','SG','SI','SK','SV','TH','TR','TT','TW','UA','US','UY',
  'VE','VN','ZA',
];

let names: { of: string; byCode: Intl.DisplayNames } | undefined;

export function nameOfCountry(code: string): string {
  if (names?.of !== language()) {
    names = { of: language(), byCode: new Intl.DisplayNames([language()], { type: 'region' }) };
  }
  return names.byCode.of(code) ?? code;
}

/** By name, as people look for them. */
export const COUNTRIES = [...CODES].sort((a, b) => nameOfCountry(a).localeCompare(nameOfCountry(b)));

/** The country of the browser's language, as far as it says one. */
export function countryOfHere(): string {
  const region = new Intl.Locale(navigator.language).region;
  return region !== undefined && CODES.includes(region) ? region : 'US';
}
