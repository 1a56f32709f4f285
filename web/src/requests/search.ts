import { flag, type RawSearch, text, whole } from '../format/search';

const TEXTS = [
  'project_id',
  'token_id',
  'model',
  'status_class',
  'end',
  'path',
  'replica',
  'request_id',
  'from',
  'to',
  'before',
] as const;

/** The filters of `GET /manage/requests`, and `live` for following. */
export type RequestsSearch = Partial<Record<(typeof TEXTS)[number], string | undefined>> & {
  slower_than_ms?: number | undefined;
  live?: true | undefined;
};

export const requestsSearch = (raw: RawSearch): RequestsSearch => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  slower_than_ms: whole(raw['slower_than_ms'], 0),
  live: flag(raw['live']),
});
