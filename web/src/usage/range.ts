import type { Interval } from './search';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The day of an instant in a zone: `2026-11-28`. */
export function dayIn(zone: string, instant: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(instant)
    .map(({ type, value }) => [type, value] as const);
  const { year, month, day } = Object.fromEntries(parts) as Record<'year' | 'month' | 'day', string>;
  return `${year}-${month}-${day}`;
}

/** A day so many days later; a negative number is earlier. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

export const PRESETS = [
  ['24h', '24 h'],
  ['7d', '7 d'],
  ['30d', '30 d'],
  ['90d', '90 d'],
  ['1y', '1 y'],
] as const;
export type Preset = (typeof PRESETS)[number][0];
const DAYS: Record<Exclude<Preset, '24h'>, number> = { '7d': 7, '30d': 30, '90d': 90, '1y': 365 };

/** From when a preset goes, until now: whole days of the zone, today included; 24 hours are to the minute. */
export function fromOf(preset: Preset, zone: string, now: number): string {
  if (preset === '24h') return new Date(Math.floor((now - DAY_MS) / MINUTE_MS) * MINUTE_MS).toISOString();
  return addDays(dayIn(zone, now), 1 - DAYS[preset]);
}

/** The preset that a range is; undefined for any other range. */
export function presetOf(range: { from?: string | undefined; to?: string | undefined }, zone: string, now: number) {
  if (range.to !== undefined) return undefined;
  if (range.from === undefined) return '30d';
  if (range.from.includes('T')) {
    const length = now - Date.parse(range.from);
    return length >= DAY_MS && length < DAY_MS + 3 * MINUTE_MS ? '24h' : undefined;
  }
  return PRESETS.map(([id]) => id).find((id) => id !== '24h' && fromOf(id, zone, now) === range.from);
}

const LABELS: Record<Interval, Intl.DateTimeFormatOptions> = {
  hour: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { month: 'short', day: 'numeric' },
  month: { month: 'short', year: 'numeric' },
};

/** What stands below a bar, in its zone. */
export function labelsOf(interval: Interval, zone: string): (at: string) => string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...LABELS[interval] });
  return (at) => format.format(new Date(at));
}

/** `Oct 30 – Nov 28, 2026`: the days of a range whose end is exclusive. Shorter than two days it has times too. */
export function rangeText(from: string, to: string, zone: string): string {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const isShort = end - start <= 2 * DAY_MS;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    ...(isShort ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {}),
  });
  return format.formatRange(start, isShort ? end : end - 1);
}
