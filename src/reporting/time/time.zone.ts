import { evictOldest } from '../../common/values/evict.oldest.js';

/** A stretch of time with one offset from UTC, in milliseconds. `end` is exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

interface Transition {
  readonly at: number;
  /** From `at` on. */
  readonly offset: number;
}

const SECOND = 1000;
const DAY = 86_400_000;
const MAX_ZONES = 50;
/** Longer names do not exist. */
const NAME = /^[A-Za-z0-9_+\-/:]{1,64}$/;

/** A time zone of the IANA database, as the Intl API of Node knows it. Instants are milliseconds since the epoch. */
export class TimeZone {
  private static readonly known = new Map<string, TimeZone>();
  private readonly format: Intl.DateTimeFormat;
  /** Changes of the offset, by UTC year: to find them takes a look at each day. */
  private readonly transitions = new Map<number, readonly Transition[]>();

  private constructor(readonly name: string) {
    const numeric = '2-digit';
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  }

  /** Undefined for a name that is not known. */
  static named(name: string): TimeZone | undefined {
    const known = TimeZone.known.get(name);
    if (known || !NAME.test(name)) return known;
    try {
      const zone = new TimeZone(name);
      evictOldest(TimeZone.known, MAX_ZONES);
      TimeZone.known.set(name, zone);
      return zone;
    } catch {
      return undefined;
    }
  }

  /** Local time less UTC. */
  offsetAt(instant: number): number {
    const whole = Math.floor(instant / SECOND) * SECOND;
    const parts = Object.fromEntries(this.format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  }

  /** The stretches from `from` to `to`, in order and without gaps. */
  stretches(from: number, to: number): Stretch[] {
    const changes = this.changesBetween(from, to);
    const starts = [{ at: from, offset: this.offsetAt(from) }, ...changes];
    return starts.map(({ at, offset }, i) => ({ start: at, end: starts[i + 1]?.at ?? to, offset }));
  }

  /** The first instant at which the local clock reads `local` or more. `local` is written as an instant in UTC. */
  firstInstantOf(local: number): number {
    for (const { start, end, offset } of this.stretches(local - 2 * DAY, local + 2 * DAY)) {
      const instant = Math.max(start, local - offset);
      if (instant < end) return instant;
    }
    return local;
  }

  private changesBetween(from: number, to: number): Transition[] {
    const changes: Transition[] = [];
    for (let year = yearOf(from); year <= yearOf(to); year += 1) {
      const known = this.transitions.get(year) ?? this.findTransitions(year);
      this.transitions.set(year, known);
      changes.push(...known.filter(({ at }) => at > from && at < to));
    }
    return changes;
  }

  /** No zone changes its offset twice within a day. */
  private findTransitions(year: number): Transition[] {
    const found: Transition[] = [];
    const end = Date.UTC(year + 1, 0, 1);
    let before = this.offsetAt(Date.UTC(year, 0, 1));
    for (let day = Date.UTC(year, 0, 1); day < end; day += DAY) {
      const after = this.offsetAt(day + DAY);
      if (after !== before) found.push({ at: this.changeIn(day, day + DAY, before), offset: after });
      before = after;
    }
    return found;
  }

  /** The second at which the offset is no longer `before`. */
  private changeIn(start: number, end: number, before: number): number {
    let [low, high] = [start / SECOND, end / SECOND];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle * SECOND) === before) low = middle;
      else high = middle;
    }
    return high * SECOND;
  }
}

const yearOf = (instant: number): number => new Date(instant).getUTCFullYear();
