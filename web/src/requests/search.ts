import type { paths } from '../api/schema';
import { instant, oneOf, type RawSearch, text, whole } from '../format/search';
import { type End, ENDS } from '../parts/ends';

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

/** What of the parameters of a URL this page knows; the rest is left out. */
export const requestsSearch = (raw: RawSearch): RequestsSearch => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  status_class: oneOf(raw['status_class'], STATUS_CLASSES),
  end: oneOf(raw['end'], ENDS),
  slower_than_ms: whole(raw['slower_than_ms'], 0),
  from: instant(raw['from']),
  to: instant(raw['to']),
  live: oneOf(raw['live'], ['paused']),
});

type StreamQuery = NonNullable<paths['/manage/requests/live']['get']['parameters']['query']>;

/** The filters of the live stream, which refuses any other. */
const STREAM_FILTERS = [
  'project_id',
  'token_id',
  'model',
  'status_class',
  'end',
  'path',
  'replica',
  'slower_than_ms',
  'request_id',
] as const satisfies readonly (keyof StreamQuery)[];
const FILTERS = [...STREAM_FILTERS, 'from', 'to'] as const;
type FilterName = (typeof FILTERS)[number];
/** The filters that `GET /manage/requests` is asked with. */
export type RequestFilters = { [K in FilterName]?: Exclude<RequestsSearch[K], undefined> };

const setOf = <K extends FilterName>(names: readonly K[], search: RequestsSearch): Pick<RequestFilters, K> =>
  Object.fromEntries(names.map((name) => [name, search[name]]).filter(([, value]) => value !== undefined)) as Pick<
    RequestFilters,
    K
  >;

/** The filters that are set. */
export const filtersOf = (search: RequestsSearch): RequestFilters => setOf(FILTERS, search);

/** As `filtersOf`, of those that the live stream takes. */
export const streamFiltersOf = (search: RequestsSearch): Pick<RequestFilters, (typeof STREAM_FILTERS)[number]> =>
  setOf(STREAM_FILTERS, search);

/** Clears every filter, for a link or a button. */
export const NO_FILTERS: RequestsSearch = Object.fromEntries(FILTERS.map((name) => [name, undefined]));

/** Whether the list can go on by itself: what happens now belongs to it. */
export const mayFollow = ({ before, to, live }: RequestsSearch): boolean =>
  before === undefined && to === undefined && live === undefined;
