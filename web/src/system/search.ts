import { type RawSearch, text } from '../format/search';

export interface SystemSearch {
  /** Part of the name of a variable. */
  filter?: string | undefined;
}

export const systemSearch = (raw: RawSearch): SystemSearch => ({ filter: text(raw['filter']) });
