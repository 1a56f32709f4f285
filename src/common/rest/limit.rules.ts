import { MAX_LIMIT } from '../values/limits.js';
import { integer } from './api.docs.js';
import { type Problem, validator } from './validator.js';

/** How the API document shows a limit on the rate or the concurrency of requests. */
export const LIMIT_FIELD = { ...integer(1, MAX_LIMIT), nullable: true } as const;

/** How the API document shows a cap on the number of requests. */
export const CAP_FIELD = { ...integer(1), nullable: true } as const;

/** Of a whole number from 1 to `max`. Null is no limit. */
export const limitProblem =
  (max: number): Problem =>
  (value) =>
    value === null || (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= max)
      ? undefined
      : `must be a whole number from 1 to ${max}, or null`;

/** Validates a limit; `max` is the highest rate or concurrency limit, unless the field is a cap. */
export const IsLimit = (max = MAX_LIMIT): PropertyDecorator => validator('isLimit', limitProblem(max))();
