/**
 * Every form in which the Go system's drivers write a time: a date, perhaps a time of day, up to nine digits of a second,
 * perhaps an offset (`Z`, `+02:00`, `+0200`, `+00`), and what Go's own `Time.String` adds behind it.
 */
const TEXT =
  /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?)? ?(Z|[+-]\d\d(?::?\d\d)?)?(?: [A-Z]{1,5})?(?: m=[+-][\d.]+)?$/;

/** Larger numbers are milliseconds, smaller ones seconds, as the SQLite driver of Go reads them. */
const MOST_SECONDS = 1e12;

/** Milliseconds since the epoch; a time without an offset is UTC. Undefined for what is no time. */
export function goTime(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.abs(value) > MOST_SECONDS ? value : value * 1000;
  const [, day, minutes = '00:00', seconds = ':00', fraction = '', offset = 'Z'] = TEXT.exec(String(value)) ?? [];
  if (day === undefined) return undefined;
  const ms = Date.parse(`${day}T${minutes}${seconds}${fraction.slice(0, 4)}${withMinutes(offset)}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `+02`, `+0200` and `+02:00` are one offset; `Date.parse` knows the last. */
const withMinutes = (offset: string): string =>
  offset === 'Z' ? offset : `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
