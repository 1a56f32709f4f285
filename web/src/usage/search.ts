import { oneOf, type RawSearch, text } from '../format/search';

export const INTERVALS = ['hour', 'day', 'month'] as const;
export const METRICS = ['cost', 'tokens', 'requests'] as const;
const TEXTS = ['from', 'to', 'tz', 'group_by', 'project_id', 'token_id', 'model'] as const;

/** The parameters of `GET /manage/usage`. */
export type UsageSearch = Partial<Record<(typeof TEXTS)[number], string | undefined>> & {
  interval?: (typeof INTERVALS)[number] | undefined;
  metric?: (typeof METRICS)[number] | undefined;
  compare?: 'previous' | undefined;
};

export const usageSearch = (raw: RawSearch): UsageSearch => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  interval: oneOf(raw['interval'], INTERVALS),
  metric: oneOf(raw['metric'], METRICS),
  compare: oneOf(raw['compare'], ['previous']),
});
