// What a contact is called where there is one line for it.

import { phone } from '@/lib/format';

interface Named {
  name?: string | null;
  company?: string | null;
  phone?: string | null;
  emails?: string[];
  natural_key: string;
}

/** The name, else what is nearest to one. Never empty: a contact is always known by something. */
export function titleOf({ name, company, phone: number, emails, natural_key }: Named): string {
  return name || company || (number ? phone(number) : undefined) || emails?.[0] || phone(natural_key);
}
