import type { ReportSearch } from './names';

/** What the body of a report gets from its page. */
export interface BodyProps {
  search: ReportSearch;
  /** Changes the address: how the report is drawn is in it, as what it is narrowed to is. */
  onChange: (change: ReportSearch) => void;
}
