/** RFC 3339 §5.6. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const midnight = (date: string): number => Date.parse(`${date}T00:00:00Z`);

/** False for `2027-02-30`, which Date.parse reads as the second of March. */
const isCalendarDay = (date: string): boolean => {
  const at = midnight(date);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

/** The midnight of a date such as `2026-11-28`, as if in UTC. Undefined for any other text. */
export const dateOf = (text: string): number | undefined =>
  DATE.test(text) && isCalendarDay(text) ? midnight(text) : undefined;

/** Milliseconds since the epoch of an RFC 3339 date-time. Undefined for any other text. */
export function instantOf(text: string): number | undefined {
  const date = DATE_TIME.exec(text)?.[1];
  return date !== undefined && isCalendarDay(date) ? Date.parse(text) : undefined;
}

/** As `instantOf`, of a parameter of a query: it has a space where its `+` was not escaped. */
export const queryInstantOf = (text: string): number | undefined => instantOf(text.replace(' ', '+'));

const isText = (value: unknown): value is string => typeof value === 'string';

const INSTANT_RULE = 'must be an RFC 3339 date-time such as 2027-01-31T12:00:00Z';

export const instantProblem = (value: unknown): string | undefined =>
  isText(value) && instantOf(value) !== undefined ? undefined : INSTANT_RULE;

export const queryInstantProblem = (value: unknown): string | undefined =>
  isText(value) && queryInstantOf(value) !== undefined ? undefined : INSTANT_RULE;

export const queryDateOrInstantProblem = (value: unknown): string | undefined =>
  isText(value) && (dateOf(value) ?? queryInstantOf(value)) !== undefined
    ? undefined
    : 'must be a date such as 2027-01-31, or an RFC 3339 date-time such as 2027-01-31T12:00:00Z';
