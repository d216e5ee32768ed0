// What the address of a report holds. The routes know it before a page is loaded, so it stands apart from what reads it.

/** Everything but the dates. */
export const NARROWS = ['direction', 'outcome', 'connection', 'agent', 'queue', 'ring_group', 'trunk', 'did'] as const;
export type FilterName = (typeof NARROWS)[number];

/** What goes along from one report to the next. */
export const KEPT = ['range', 'from', 'to', ...NARROWS] as const;

/** `by` and `show` choose how a report is drawn. */
export const SEARCH = [...KEPT, 'by', 'show'] as const;
export type ReportSearch = { [K in (typeof SEARCH)[number]]?: string };
