import { errors } from '../errors/errors.js';
import { MAX_INSTANT } from '../values/limits.js';
import { instantOf, instantProblem } from './date.time.js';
import { validator } from './validator.js';

/** An RFC 3339 date-time of a body. `expiryOf` compares it with the clock. */
export const IsExpiry = validator('isExpiry', instantProblem);

/** Milliseconds since the epoch of `expires_at`. Throws `validation_failed` unless it is an RFC 3339 date-time after `nowMs`. */
export function expiryOf(text: string, nowMs: number): number {
  const ms = instantOf(text);
  if (ms === undefined || ms > MAX_INSTANT) throw errors.fieldInvalid('expires_at', 'must be a date of the calendar');
  if (ms <= nowMs) throw errors.fieldInvalid('expires_at', 'must be in the future');
  return ms;
}
