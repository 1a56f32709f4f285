import type { UsageFilter, UsageRow } from '../../events/event/event.queries.js';
import { countsByEnd, type EndKey } from '../usage/usage.ends.js';
import { Sums } from '../usage/usage.sums.js';

const QUARTER_MS = 900_000;
/** Milliseconds of an hour, which is one point of the graph. */
export const HOUR_MS = 3_600_000;
/** Points of the graph of a day. */
export const HOURS = 24;

/** One hour: requests by how they ended. */
export interface HourOfEnds {
  readonly at: number;
  readonly ends: ReadonlyMap<EndKey, number>;
}

/** What `rangeOfDays` names in `only`: any other sum of its rows is 0. */
type DaySums = Pick<Sums, 'requests' | 'failed' | 'unpriced' | 'cost'>;

/** The last 24 hours, and the 24 hours before them. */
export interface LastDay {
  readonly now: DaySums;
  readonly before: DaySums;
  readonly hours: readonly HourOfEnds[];
}

/** The start of the last 24 hours: they end with the quarter hour of `nowMs`. */
export function startOfDay(nowMs: number): number {
  return (Math.floor(nowMs / QUARTER_MS) + 1) * QUARTER_MS - HOURS * HOUR_MS;
}

/** What `lastDayOf` reads. */
export const rangeOfDays = (nowMs: number): Pick<UsageFilter, 'from' | 'to' | 'groupBy' | 'step' | 'only'> => {
  const start = startOfDay(nowMs);
  return {
    from: start - HOURS * HOUR_MS,
    to: start + HOURS * HOUR_MS,
    groupBy: ['quarter'],
    step: { at: start, ms: HOUR_MS },
    only: ['requests', 'errors', 'ends', 'unpriced', 'cost'],
  };
};

/** Sums rows of `rangeOfDays`. */
export function lastDayOf(rows: readonly UsageRow[], nowMs: number): LastDay {
  const start = startOfDay(nowMs);
  const [now, before] = [new Sums(), new Sums()];
  const hours = Array.from({ length: HOURS }, (_, hour) => ({
    at: start + hour * HOUR_MS,
    ends: new Map<EndKey, number>(),
  }));
  for (const row of rows) {
    (row.quarter < start ? before : now).addRow(row);
    const ends = hours[Math.floor((row.quarter - start) / HOUR_MS)]?.ends;
    if (ends) for (const [end, count] of countsByEnd(row)) ends.set(end, (ends.get(end) ?? 0) + count);
  }
  return { now, before, hours };
}
