/**
 * All formats in which the Go system's drivers write a time: a date, an optional time of day with up to nine decimals of a
 * second, an optional offset (`Z`, `+02:00`, `+0200`, `+00`), and the suffix of Go's `Time.String`.
 */
const TEXT =
  /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?)? ?(Z|[+-]\d\d(?::?\d\d)?)?(?: [A-Z]{1,5})?(?: m=[+-][\d.]+)?$/;

/** Larger numbers are milliseconds, smaller numbers are seconds, as in Go's SQLite driver. */
const MAX_SECONDS = 1e12;

/** Milliseconds since the epoch; a time without an offset is UTC. Undefined for a value that is not a time. */
export function goTime(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.abs(value) > MAX_SECONDS ? value : value * 1000;
  const [, day, minutes = '00:00', seconds = ':00', fraction = '', offset = 'Z'] = TEXT.exec(String(value)) ?? [];
  if (day === undefined) return undefined;
  const ms = Date.parse(`${day}T${minutes}${seconds}${fraction.slice(0, 4)}${withMinutes(offset)}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Writes `+02` and `+0200` as `+02:00`, the only form that `Date.parse` reads. */
const withMinutes = (offset: string): string =>
  offset === 'Z' ? offset : `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
