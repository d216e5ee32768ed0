// What the report on screen is narrowed to; set by its page, for parts that offer another period or other filters.

import { createContext, useContext } from 'react';
import type { ReportSearch } from './names';

const SearchContext = createContext<ReportSearch>({});

export const SearchProvider = SearchContext.Provider;

export function useReportSearch(): ReportSearch {
  return useContext(SearchContext);
}
