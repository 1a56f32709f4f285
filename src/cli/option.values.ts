import { isUuid } from '../common/uuid.js';
import { usage } from './cli.error.js';

/** RFC 3339 §5.6: a date, a time and an offset. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
export const MAX_DURATION_MINUTES = 525_600;

export function wholeNumber(name: string, value: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw usage(
    `${name} must be a whole number ${max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`}`,
  );
}

export const minutes = (name: string, value: string): number => wholeNumber(name, value, 1, MAX_DURATION_MINUTES);

/** A lifetime cap. Not `null`, which commander takes for the lack of an answer. */
export type Cap = number | 'unlimited';
export const cap = (name: string, value: string): Cap =>
  value === 'unlimited' || value === '0' ? 'unlimited' : wholeNumber(name, value, 1);

/** The same in the words of the management API. */
export const maxRequestsOf = (value: Cap | undefined): number | null | undefined =>
  value === 'unlimited' ? null : value;

export function trueOrFalse(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw usage(`${name} must be true or false`);
  return value === 'true';
}

export function instant(name: string, value: string): string {
  if (!DATE_TIME.test(value) || Number.isNaN(Date.parse(value)))
    throw usage(`${name} must be an RFC 3339 time such as 2027-01-31T12:00:00Z`);
  return value;
}

export function notEmpty(name: string, value: string): string {
  if (value.trim() === '') throw usage(`${name} must not be empty`);
  return value;
}

/** An id goes into a path: nothing but a UUID may. */
export function uuid(name: string, value: string | undefined): string {
  if (value === undefined || !isUuid(value)) throw usage(`${name} must be a UUID`);
  return value;
}
