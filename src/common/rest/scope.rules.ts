import { entriesProblem, type Problem, validator } from './validator.js';

const MAX_ENTRIES = 100;

/** The schema of such a list in the OpenAPI document. */
export const SCOPE_FIELDS = {
  type: String,
  isArray: true,
  nullable: true,
  minItems: 1,
  maxItems: MAX_ENTRIES,
} as const;

export function scopeProblem(value: unknown, entryProblem: Problem): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ENTRIES)
    return `must be a list of 1 to ${MAX_ENTRIES} entries, or null`;
  return entriesProblem(value, entryProblem);
}

/** Validates a list that restricts a token; `entryProblem` judges one entry. */
export const IsScope = (entryProblem: Problem): PropertyDecorator =>
  validator('isScope', (value) => scopeProblem(value, entryProblem))();
