const DAY_MS = 86_400_000;

/** A day as its number since the epoch, in UTC: day 0 is 1970-01-01. */
export const utcDay = (ms: number): number => Math.floor(ms / DAY_MS);

/** The first day of the month of a day; with `later` = 1, that of the next month. */
export function monthStart(day: number, later = 0): number {
  const at = new Date(day * DAY_MS);
  return utcDay(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later, 1));
}

/** The instant at which a day begins. */
export const beginOf = (day: number): number => day * DAY_MS;
