import type { FieldError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { dateOf, queryInstantOf } from '../../common/rest/date.time.js';
import { type Interval, startsOfPoints } from '../time/time.points.js';
import { TimeZone } from '../time/time.zone.js';

export interface Range {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** What usage is asked for: whole quarter hours, cut into points. */
export interface Period extends Range {
  readonly zone: TimeZone;
  readonly interval: Interval;
  readonly starts: readonly number[];
}

/** The fields of a query that say when. */
export interface When {
  readonly from?: string;
  readonly to?: string;
  readonly tz?: string;
  readonly interval?: Interval;
}

const DAY = 86_400_000;
const QUARTER = 900_000;
const DEFAULT_DAYS = 30;
/** The longest range of each interval, in days. */
export const MAX_DAYS: Record<Interval, number> = { hour: 400, day: 3660, month: 3660 };
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const up = (instant: number): number => Math.ceil(instant / QUARTER) * QUARTER;
const down = (instant: number): number => Math.floor(instant / QUARTER) * QUARTER;
const startOfDay = (local: number): number => Math.floor(local / DAY) * DAY;

/** Throws `validation_failed`. Without `to` until now; without `from` the last 30 days. */
export function periodOf(when: When, now: number): Period {
  const zone = TimeZone.named(when.tz ?? 'UTC');
  if (!zone) throw errors.fieldInvalid('tz', 'must be a name of the IANA time zone database, such as Europe/Berlin');
  const to = up(instantIn(zone, when.to) ?? now + 1);
  const from = down(instantIn(zone, when.from) ?? daysBefore(zone, to, DEFAULT_DAYS - 1));
  const interval = when.interval ?? intervalFor(to - from);
  const faults = faultsOf({ from, to }, interval);
  if (faults.length > 0) throw errors.validationFailed(faults);
  return { from, to, zone, interval, starts: startsOfPoints(zone, from, to, interval) };
}

/** The period before, which has the same points: shifted by its own length, by whole days or by whole months of its zone. */
export function periodBefore({ from, to, zone, interval }: Period): Period {
  const before = shifted({ from, to }, zone, interval);
  return { ...before, zone, interval, starts: startsOfPoints(zone, before.from, before.to, interval) };
}

/** The start of the day of the zone that is `days` before the day of the last instant before `to`. */
function daysBefore(zone: TimeZone, to: number, days: number): number {
  const last = to - 1;
  return zone.firstInstantOf(startOfDay(last + zone.offsetAt(last)) - days * DAY);
}

function instantIn(zone: TimeZone, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const date = dateOf(text);
  if (date === undefined) return queryInstantOf(text);
  // The arithmetic of zones is slow in years that are refused anyway.
  return date < EARLIEST - DAY || date > LATEST + DAY ? date : zone.firstInstantOf(date);
}

function intervalFor(length: number): Interval {
  if (length <= 3 * DAY) return 'hour';
  return length <= 100 * DAY ? 'day' : 'month';
}

function faultsOf({ from, to }: Range, interval: Interval): FieldError[] {
  const faults: FieldError[] = [];
  const fault = (field: string, problem: string): void => void faults.push({ field, message: `${field} ${problem}` });
  if (from < EARLIEST) fault('from', 'must not be before the year 2000');
  if (to > LATEST) fault('to', 'must not be after the year 2099');
  if (faults.length > 0) return faults;
  if (from >= to) fault('from', 'must be before to');
  else if (to - from > MAX_DAYS[interval] * DAY)
    fault('from', `must be at most ${MAX_DAYS[interval]} days before to when the interval is ${interval}`);
  return faults;
}

function shifted({ from, to }: Range, zone: TimeZone, interval: Interval): Range {
  if (interval === 'hour') return { from: from - (to - from), to: from };
  const [localFrom, localTo] = [from + zone.offsetAt(from), to + zone.offsetAt(to)];
  const earlier =
    interval === 'day'
      ? daysEarlier(Math.ceil((localTo - localFrom) / DAY))
      : monthsEarlier(monthsIn(localFrom, localTo));
  const start = down(zone.firstInstantOf(earlier(localFrom)));
  return { from: start, to: Math.max(start + QUARTER, Math.min(from, down(zone.firstInstantOf(earlier(localTo))))) };
}

const daysEarlier =
  (days: number) =>
  (local: number): number =>
    local - days * DAY;

/** The same day and time, or the last day of a month that is shorter. */
const monthsEarlier =
  (months: number) =>
  (local: number): number => {
    const date = new Date(local);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
    const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    return Date.UTC(year, month, Math.min(date.getUTCDate(), days)) + (local - startOfDay(local));
  };

/** The least number of months whose shift ends at or before the start. */
function monthsIn(localFrom: number, localTo: number): number {
  const [a, b] = [new Date(localFrom), new Date(localTo)];
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
  return monthsEarlier(months)(localTo) > localFrom ? months + 1 : Math.max(1, months);
}
