import { oneOf, type RawSearch, text } from '../format/search';

export const INTERVALS = ['hour', 'day', 'month'] as const;
export const METRICS = ['cost', 'tokens', 'requests'] as const;
export const GROUPS = ['project', 'token', 'model', 'route', 'tier', 'end', 'none'] as const;
export type Metric = (typeof METRICS)[number];
export type Group = (typeof GROUPS)[number];
const TEXTS = ['from', 'to', 'project_id', 'token_id', 'model'] as const;

/** The parameters of `GET /manage/usage`. */
export type UsageSearch = Partial<Record<(typeof TEXTS)[number], string | undefined>> & {
  tz?: string | undefined;
  interval?: (typeof INTERVALS)[number] | undefined;
  group_by?: Group | undefined;
  metric?: Metric | undefined;
  compare?: 'previous' | undefined;
};

/** A time zone that this browser knows. */
function zone(value: unknown): string | undefined {
  const name = text(value);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    return undefined;
  }
}

export const usageSearch = (raw: RawSearch): UsageSearch => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  tz: zone(raw['tz']),
  interval: oneOf(raw['interval'], INTERVALS),
  group_by: oneOf(raw['group_by'], GROUPS),
  metric: oneOf(raw['metric'], METRICS),
  compare: oneOf(raw['compare'], ['previous']),
});
