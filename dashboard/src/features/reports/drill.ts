// From a number to its calls. The server says which filters list the calls that a number counts; the list of calls keeps
// its filters in the address under names of its own.

import type { ReportCallsQuery } from './queries';

type Search = Record<string, string>;

/** The address of the list of calls for what a report says of a number. Moments are kept exact: a step may be an hour. */
export function callsOf(query: ReportCallsQuery, more: { outcome?: string; direction?: string } = {}): Search {
  const { occurred_from, occurred_before, connection_id, is_transferred, is_internal, ...same } = query;
  const found: Search = {};
  for (const [name, value] of Object.entries({ ...same, ...more })) {
    if (typeof value === 'string') {
      found[name] = value;
    }
  }
  if (occurred_from != null) {
    found.from = occurred_from;
  }
  if (occurred_before != null) {
    found.to = occurred_before;
  }
  if (connection_id != null) {
    found.connection = connection_id;
  }
  if (is_transferred != null) {
    found.transferred = is_transferred ? 'yes' : 'no';
  }
  if (is_internal != null) {
    found.internal = is_internal ? 'yes' : 'no';
  }
  return found;
}
