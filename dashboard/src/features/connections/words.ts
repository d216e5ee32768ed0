// A provider's declaration in the language of the screen, and a form's values as the API takes them.

import { type Language, language } from '@/i18n';
import { PROVIDERS_ES } from './providersEs';
import type { Provider, ProviderField, Values } from './queries';

/** The provider in the language of the screen; English is the server's own. */
export function inWords(provider: Provider, spoken: Language = language()): Provider {
  const words = spoken === 'es' ? PROVIDERS_ES[provider.provider] : undefined;
  if (words === undefined) {
    return provider;
  }
  const field = (each: ProviderField): ProviderField => {
    const [label, help] = words.fields[each.name] ?? [each.label, each.help];
    return { ...each, label, help };
  };
  return {
    ...provider,
    purpose: words.purpose,
    // Steps that were added or taken away on the server would be told in the wrong order.
    steps: words.steps.length === provider.steps.length ? words.steps : provider.steps,
    fields: provider.fields.map(field),
  };
}

/** Fields that a person meets first, and those for special cases. Where nothing is required, the first one is what counts. */
export function sortFields(fields: ProviderField[]): { first: ProviderField[]; more: ProviderField[] } {
  const required = fields.filter((field) => field.is_required);
  const first = required.length > 0 ? required : fields.slice(0, 1);
  return { first, more: fields.filter((field) => !first.includes(field)) };
}

/** What is filled in goes where it belongs: secrets are sealed, settings are shown again. */
export function sortValues(
  fields: ProviderField[],
  given: Record<string, string>,
): { settings: Values; credentials: Values } {
  const settings: Values = {};
  const credentials: Values = {};
  for (const field of fields) {
    const value = given[field.name]?.trim();
    if (value) {
      (field.is_secret ? credentials : settings)[field.name] = value;
    }
  }
  return { settings, credentials };
}

/** Settings as a form changed them: what was emptied is taken away, what is the same is not sent. */
export function changedSettings(
  fields: ProviderField[],
  before: Record<string, unknown>,
  after: Record<string, string>,
): Values {
  const changed: Values = {};
  for (const { name } of fields) {
    const value = after[name]?.trim() ?? '';
    const held = before[name] ?? '';
    if (value !== held) {
      changed[name] = value === '' ? null : value;
    }
  }
  return changed;
}

/** How far the setting up of a connection has come: the step that is next, 3 when it is done. */
export function stepOf(status: string, hasWebhooks: boolean, hasEvent: boolean): number {
  if (hasEvent) {
    return 3;
  }
  if (status !== 'connected') {
    return 0;
  }
  return hasWebhooks ? 2 : 1;
}
