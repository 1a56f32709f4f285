import { instant, oneOf, type RawSearch, text } from '../format/search';

export const INTERVALS = ['hour', 'day', 'month'] as const;
export const METRICS = ['cost', 'tokens', 'requests'] as const;
export const GROUPS = ['project', 'token', 'model', 'route', 'tier', 'end', 'none'] as const;
export type Interval = (typeof INTERVALS)[number];
export type Metric = (typeof METRICS)[number];
export type Group = (typeof GROUPS)[number];
const TEXTS = ['project_id', 'token_id', 'model'] as const;

/** The parameters of `GET /manage/usage`. */
export type UsageSearch = Partial<Record<(typeof TEXTS)[number], string | undefined>> & {
  /** RFC 3339, or a date of the zone. */
  from?: string | undefined;
  to?: string | undefined;
  /** An IANA name. */
  tz?: string | undefined;
  interval?: Interval | undefined;
  group_by?: Group | undefined;
  metric?: Metric | undefined;
  compare?: 'previous' | undefined;
};

/** A time zone that this browser knows; anything else is as if it were not there. */
function zone(value: unknown): string | undefined {
  const name = text(value);
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions() && name;
  } catch {
    return undefined;
  }
}

/** What of the parameters of a URL this page knows; the rest is left out. */
export const usageSearch = (raw: RawSearch): UsageSearch => ({
  from: instant(raw['from']),
  to: instant(raw['to']),
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  tz: zone(raw['tz']),
  interval: oneOf(raw['interval'], INTERVALS),
  group_by: oneOf(raw['group_by'], GROUPS),
  metric: oneOf(raw['metric'], METRICS),
  compare: oneOf(raw['compare'], ['previous']),
});
