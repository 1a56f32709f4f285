import { MAX_DURATION_MINUTES, MAX_INSTANT, MAX_LIMIT } from '../../common/values/limits.js';
import { parseDuration } from '../../common/values/duration.js';
import { instantOf } from '../../common/rest/date.time.js';
import { isUuid } from '../../common/rest/uuid.js';
import { usageError } from './cli.error.js';

const ANY = 'any';
const MINUTE_MS = 60_000;

export function wholeNumber(name: string, value: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw usageError(
    `${name} must be a whole number ${max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`}`,
  );
}

/** The minutes of a lifetime such as `90m`, `12h` or `30d`. A number alone is in minutes. */
export function minutes(name: string, value: string): number {
  const count = /^\d{1,16}$/.test(value) ? Number(value) : (parseDuration(value) ?? Number.NaN) / MINUTE_MS;
  if (Number.isInteger(count) && count >= 1 && count <= MAX_DURATION_MINUTES) return count;
  throw usageError(
    `${name} must be a lifetime from 1m to 365d in whole minutes, such as 90m, 12h or 30d; a number alone is in minutes`,
  );
}

/** A cap on requests. An option parser cannot return `null`: commander takes it for a missing value. */
export type Cap = number | 'unlimited';
export const cap = (name: string, value: string): Cap =>
  value === 'unlimited' || value === '0' ? 'unlimited' : wholeNumber(name, value, 1);

/** The value for the management API. */
export const maxRequestsOf = (value: Cap | undefined): number | null | undefined =>
  value === 'unlimited' ? null : value;

/** A limit on the rate or the concurrency of requests. */
export type Limit = number | 'none';
export const limit = (name: string, value: string): Limit =>
  value === 'none' ? 'none' : wholeNumber(name, value, 1, MAX_LIMIT);

/** The value for the management API. */
export const limitOf = (value: Limit | undefined): number | null | undefined => (value === 'none' ? null : value);

/** The models, endpoints or addresses that a token is restricted to; `any` alone is no restriction. */
export type AllowList = readonly string[];

/** Appends the comma-separated entries to those of the same option before. An empty entry is refused: it may come from an unset shell variable. */
export function allowList(name: string, value: string, before: AllowList = []): AllowList {
  const entries = [...before, ...value.split(',').map((entry) => entry.trim())];
  if (entries.includes('')) throw usageError(`${name} must not have an empty entry`);
  if (entries.includes(ANY) && entries.length > 1)
    throw usageError(`${name} must be ${ANY} alone, or entries without it`);
  return entries;
}

/** The value for the management API. */
export const allowListOf = (value: AllowList | undefined): string[] | null | undefined =>
  value?.includes(ANY) ? null : value && [...value];

export function trueOrFalse(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw usageError(`${name} must be true or false`);
  return value === 'true';
}

export function instant(name: string, value: string): string {
  if (instantOf(value) === undefined) throw usageError(`${name} must be an RFC 3339 time such as 2027-01-31T12:00:00Z`);
  return value;
}

/** A time as an instant, or as a duration from now: after it (`1`) or before it (`-1`). */
export function instantOrDuration(name: string, value: string, direction: 1 | -1, nowMs = Date.now()): string {
  const durationMs = parseDuration(value);
  if (durationMs === undefined && instantOf(value) === undefined)
    throw usageError(`${name} must be a duration such as 7d, or an RFC 3339 time such as 2027-01-31T12:00:00Z`);
  if (durationMs === undefined) return value;
  const at = nowMs + direction * durationMs;
  if (at < 0 || at > MAX_INSTANT) throw usageError(`${name} must be a shorter duration`);
  return new Date(at).toISOString();
}

/** Some of these words, separated by commas. */
export function wordsOf(name: string, value: string, words: readonly string[]): string {
  const given = value.split(',').map((word) => word.trim());
  if (given.every((word) => words.includes(word))) return given.join(',');
  throw usageError(`${name} must be ${words.join(', ')}${words.length > 1 ? ', or several of them with commas' : ''}`);
}

const SECRET = /^sk-/i;
/** A text that is sent in a URL, which is written to logs. A display form has an ellipsis, or dots in its place. */
export function noSecret(name: string, value: string): string {
  if (SECRET.test(value.trim()) && !value.includes('…') && !value.includes('...'))
    throw usageError(
      `${name} must not be a secret: \`manage token find\` asks for it, or reads it with --secret-file <path>`,
    );
  return notEmpty(name, value);
}

export function notEmpty(name: string, value: string): string {
  if (value.trim() === '') throw usageError(`${name} must not be empty`);
  return value;
}

/** An id becomes part of a path, so only a UUID is accepted. */
export function uuid(name: string, value: string | undefined): string {
  if (value === undefined || !isUuid(value)) throw usageError(`${name} must be a UUID`);
  return value;
}
