import { type End, ENDS } from '../api/ends';
import { oneOf, type RawSearch, text, whole } from '../format/search';

const TEXTS = ['project_id', 'token_id', 'model', 'path', 'replica', 'request_id', 'before'] as const;
export const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx', '1xx'] as const;

/** The filters of `GET /manage/requests`. The list follows what happens, unless it is paused or shows older ones. */
export type RequestsSearch = Partial<Record<(typeof TEXTS)[number], string | undefined>> & {
  status_class?: (typeof STATUS_CLASSES)[number] | undefined;
  end?: End | undefined;
  slower_than_ms?: number | undefined;
  /** RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
  live?: 'paused' | undefined;
};

/** An instant; anything else is as if it were not there. */
function instant(value: unknown): string | undefined {
  const at = text(value);
  return at === undefined || Number.isNaN(Date.parse(at)) ? undefined : at;
}

export const requestsSearch = (raw: RawSearch): RequestsSearch => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  status_class: oneOf(raw['status_class'], STATUS_CLASSES),
  end: oneOf(raw['end'], ENDS),
  slower_than_ms: whole(raw['slower_than_ms'], 0),
  from: instant(raw['from']),
  to: instant(raw['to']),
  live: oneOf(raw['live'], ['paused']),
});

export const FILTERS = [
  'project_id',
  'token_id',
  'model',
  'status_class',
  'end',
  'path',
  'replica',
  'slower_than_ms',
  'request_id',
  'from',
  'to',
] as const;
type FilterName = (typeof FILTERS)[number];
export type RequestFilters = { [K in FilterName]?: Exclude<RequestsSearch[K], undefined> };

/** The filters that are set. */
export const filtersOf = (search: RequestsSearch): RequestFilters =>
  Object.fromEntries(FILTERS.map((name) => [name, search[name]]).filter(([, value]) => value !== undefined));

/** Clears every filter, for a link or a button. */
export const NO_FILTERS: RequestsSearch = Object.fromEntries(FILTERS.map((name) => [name, undefined]));

/** Whether the list can go on by itself: what happens now belongs to it. */
export const mayFollow = ({ before, to, live }: RequestsSearch): boolean =>
  before === undefined && to === undefined && live === undefined;
