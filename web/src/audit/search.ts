import { instant, oneOf, type RawSearch, text, whole } from '../format/search';

export const OUTCOMES = ['success', 'failure', 'denied'] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** Who acts: `admin` is a session of this interface. */
export const ACTORS = ['admin', 'management_api', 'operator', 'system'] as const;
export type Actor = (typeof ACTORS)[number];
const TEXTS = ['search', 'action', 'project_id', 'token_id'] as const;

/** The filters of `GET /manage/audit`. */
export type AuditSearch = Partial<Record<(typeof TEXTS)[number], string | undefined>> & {
  /** RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
  outcome?: Outcome | undefined;
  actor?: Actor | undefined;
  page?: number | undefined;
  /** Only rows with a smaller number. */
  before?: number | undefined;
};

/** What of the parameters of a URL this page knows; the rest is left out. */
export const auditSearch = (raw: RawSearch): AuditSearch => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  from: instant(raw['from']),
  to: instant(raw['to']),
  outcome: oneOf(raw['outcome'], OUTCOMES),
  actor: oneOf(raw['actor'], ACTORS),
  page: whole(raw['page']),
  before: whole(raw['before']),
});

const FILTERS = ['search', 'action', 'outcome', 'actor', 'project_id', 'token_id', 'from', 'to'] as const;
export type AuditFilters = { [K in (typeof FILTERS)[number]]?: Exclude<AuditSearch[K], undefined> };

/** The filters that are set. */
export const filtersOf = (search: AuditSearch): AuditFilters =>
  Object.fromEntries(FILTERS.map((name) => [name, search[name]]).filter(([, value]) => value !== undefined));
