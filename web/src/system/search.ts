import { flag, type RawSearch, text } from '../format/search';

export interface SystemSearch {
  /** Part of the name of a variable. */
  filter?: string | undefined;
  /** Only variables that differ from their default, or between replicas. */
  changed?: true | undefined;
}

/** What of the parameters of a URL this page knows; the rest is left out. */
export const systemSearch = (raw: RawSearch): SystemSearch => ({
  filter: text(raw['filter']),
  changed: flag(raw['changed']),
});
