import { parseDuration } from '../../common/values/duration.js';
import { validator } from '../../common/rest/validator.js';

const MIN_MS = 60_000;
const MAX_MS = 365 * 86_400_000;

/** The longest time that a browser stays signed in; 0 = it is not offered. */
export const IsRemembered = validator('isRemembered', (value) => {
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms === undefined) return 'must be a duration such as 7d or 30d; 0s offers no such sessions';
  return ms !== 0 && (ms < MIN_MS || ms > MAX_MS) ? 'must be 0s or from 1m to 365d' : undefined;
});
