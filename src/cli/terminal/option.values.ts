import { MAX_DURATION_MINUTES, MAX_LIMIT } from '../../common/values/limits.js';
import { isUuid } from '../../common/rest/uuid.js';
import { usage } from './cli.error.js';

/** RFC 3339 §5.6: a date, a time and an offset. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
const ANY = 'any';

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

/** A limit in time. */
export type Limit = number | 'none';
export const limit = (name: string, value: string): Limit =>
  value === 'none' ? 'none' : wholeNumber(name, value, 1, MAX_LIMIT);

/** The same in the words of the management API. */
export const limitOf = (value: Limit | undefined): number | null | undefined => (value === 'none' ? null : value);

/** What a token is bound to; `any` alone is no bound. */
export type Bound = readonly string[];

/** One option's entries, between commas, after those of the same option before it. An empty one may be a variable nobody set: it must not pass. */
export function bound(name: string, value: string, before: Bound = []): Bound {
  const entries = [...before, ...value.split(',').map((entry) => entry.trim())];
  if (entries.includes('')) throw usage(`${name} must not have an empty entry`);
  if (entries.includes(ANY) && entries.length > 1) throw usage(`${name} must be ${ANY} alone, or entries without it`);
  return entries;
}

/** The same in the words of the management API. */
export const boundOf = (value: Bound | undefined): string[] | null | undefined =>
  value?.includes(ANY) ? null : value && [...value];

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
