import { flag, instant, oneOf, type RawSearch, text, whole } from '../format/search';
import { TOKEN_SORTS, type TokenSort } from '../parts/token/token.sorts';
import type { SortText } from '../ui/table/columns';

export const TOKEN_STATUSES = ['active', 'withering', 'expired', 'exhausted', 'revoked', 'project_inactive'] as const;

export interface TokensSearch {
  page?: number | undefined;
  search?: string | undefined;
  status?: (typeof TOKEN_STATUSES)[number] | undefined;
  project_id?: string | undefined;
  /** RFC 3339. */
  unused_since?: string | undefined;
  expires_before?: string | undefined;
  sort?: SortText<TokenSort> | undefined;
  /** The optional columns that are shown, with commas between them. */
  columns?: string | undefined;
}

const sortOf = (value: unknown): TokensSearch['sort'] =>
  TOKEN_SORTS.flatMap((by) => [by, `-${by}`] as const).find((sort) => sort === text(value));

/** What of the parameters of a URL this page knows; the rest is left out. */
export const tokensSearch = (raw: RawSearch): TokensSearch => ({
  page: whole(raw['page']),
  search: text(raw['search']),
  status: oneOf(raw['status'], TOKEN_STATUSES),
  project_id: text(raw['project_id']),
  unused_since: instant(raw['unused_since']),
  expires_before: instant(raw['expires_before']),
  sort: sortOf(raw['sort']),
  columns: text(raw['columns']),
});

export interface NewTokenSearch {
  project_id?: string | undefined;
  /** The second of the three first steps. */
  from_first_run?: true | undefined;
}

/** What of the parameters of a URL this page knows; the rest is left out. */
export const newTokenSearch = (raw: RawSearch): NewTokenSearch => ({
  project_id: text(raw['project_id']),
  from_first_run: flag(raw['from_first_run']),
});
