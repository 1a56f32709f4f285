import { entriesProblem } from '../../common/rest/validator.js';

/** A label of a filter: `key=value`, or `key` for any value. */
export type LabelText = string;

const MAX_LABELS = 16;
const LABEL = /^[a-z0-9](?:[a-z0-9._/-]{0,61}[a-z0-9])?(?:=[^\p{Cc}\u2028\u2029\ud800-\udfff]{0,63})?$/u;

export function labelsProblem(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length > MAX_LABELS) return `must be given at most ${MAX_LABELS} times`;
  return entriesProblem(value, (entry) =>
    typeof entry === 'string' && LABEL.test(entry) ? undefined : 'must be key=value or key',
  );
}
