import type { Screen } from './terminal.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** From two of a unit on it is used: `47 h`, then `2 days`. */
const UNITS: readonly [from: number, ms: number, one: string, many: string][] = [
  [730 * DAY_MS, 365 * DAY_MS, 'year', 'years'],
  [60 * DAY_MS, 30 * DAY_MS, 'month', 'months'],
  [2 * DAY_MS, DAY_MS, 'day', 'days'],
  [HOUR_MS, HOUR_MS, 'h', 'h'],
  [MINUTE_MS, MINUTE_MS, 'min', 'min'],
];

/** `in 3 days`, `2 h ago`, `now`. Rounded down: a token that expires in 47 h does not expire in 2 days. */
export function relativeTime(time: string, nowMs: number): string {
  const distanceMs = Date.parse(time) - nowMs;
  const size = Math.abs(distanceMs);
  const unit = UNITS.find(([from]) => size >= from);
  if (!unit) return distanceMs > 0 ? 'in < 1 min' : 'just now';
  const count = Math.floor(size / unit[1]);
  const amount = `${count} ${count === 1 ? unit[2] : unit[3]}`;
  return distanceMs > 0 ? `in ${amount}` : `${amount} ago`;
}

type Time = string | null | undefined;

/** A time in a table: relative on a screen, else as the API has it. */
export const tableTime = (time: Time, { width, nowMs }: Screen): Time =>
  width === undefined || !time ? time : relativeTime(time, nowMs);

/** A time in a record: on a screen with the relative form behind it. */
export const fieldTime = (time: Time, { width, nowMs }: Screen): Time =>
  width === undefined || !time ? time : `${time} (${relativeTime(time, nowMs)})`;
