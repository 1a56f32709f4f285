import { applyDecorators } from '@nestjs/common';
import { IsString, Matches } from 'class-validator';
import { errors } from '../errors/errors.js';
import { MAX_INSTANT } from '../values/limits.js';

/** RFC 3339 §5.6. */
const DATE_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** An RFC 3339 date-time; `expiryOf` checks the rest. */
export const IsExpiry = (): PropertyDecorator =>
  applyDecorators(
    Matches(DATE_TIME, { message: 'expires_at must be an RFC 3339 date-time such as 2027-01-31T12:00:00Z' }),
    IsString({ message: 'expires_at must be an RFC 3339 date-time' }),
  );

/** False for `2027-02-30`, which Date.parse reads as the second of March. */
const isCalendarDay = (text: string): boolean =>
  new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(text.slice(8, 10));

/** Milliseconds since the epoch. Throws `validation_failed` unless the text is a day of the calendar that comes after `nowMs`. */
export function expiryOf(text: string, nowMs: number): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || ms > MAX_INSTANT || !isCalendarDay(text))
    throw errors.fieldInvalid('expires_at', 'must be a date of the calendar');
  if (ms <= nowMs) throw errors.fieldInvalid('expires_at', 'must be in the future');
  return ms;
}
