import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { PRINTABLE, secretProblem } from '../../common/rest/field.rules.js';
import { validator } from '../../common/rest/validator.js';

/** Labels by key. */
export type Labels = Readonly<Record<string, string>>;

export const MAX_LABELS = 16;
const MAX_VALUE = 63;
/** The most labels of a filter. */
const MAX_FILTERS = 16;

const KEY = /^[a-z0-9](?:[a-z0-9._/-]{0,61}[a-z0-9])?$/;
const KEY_RULE = 'must have 1 to 63 characters of a-z, 0-9, . _ / and -, and begin and end with a letter or digit';

/** A key that every object inherits, such as `constructor`, is refused in any body. */
const keyProblem = (key: string): string | undefined =>
  KEY.test(key) && !(key in Object.prototype) ? undefined : KEY_RULE;

function valueProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be text';
  if (value.length > MAX_VALUE) return `must have at most ${MAX_VALUE} characters`;
  if (!PRINTABLE.test(value)) return 'must not contain control characters';
  return value === value.trim() ? secretProblem(value) : 'must not begin or end with white space';
}

/** What is wrong with the labels of a token or project; undefined for valid ones and for null. */
export function labelsProblem(labels: unknown): string | undefined {
  if (labels === null) return undefined;
  if (typeof labels !== 'object' || Array.isArray(labels)) return 'must be an object of keys and texts, or null';
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) return `must have at most ${MAX_LABELS} keys`;
  for (const [key, value] of entries) {
    const ofKey = keyProblem(key);
    if (ofKey) return `has a key that is not valid: a key ${ofKey}`;
    const ofValue = valueProblem(value);
    if (ofValue) return `.${key} ${ofValue}`;
  }
  return undefined;
}

/** A label as lists look for it: `key=value`, or `key` for any value of the key. */
interface LabelFilter {
  readonly key: string;
  readonly value: string | undefined;
}

export function labelFilter(text: string): LabelFilter {
  const at = text.indexOf('=');
  return at === -1 ? { key: text, value: undefined } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

function labelFiltersProblem(filters: unknown): string | undefined {
  if (!Array.isArray(filters) || filters.length > MAX_FILTERS) return `must be given at most ${MAX_FILTERS} times`;
  for (const filter of filters) {
    const { key, value = '' } = labelFilter(String(filter));
    if (keyProblem(key)) return `must be key or key=value; a key ${KEY_RULE}`;
    const problem = valueProblem(value);
    if (problem) return `must be key or key=value; a value ${problem}`;
  }
  return undefined;
}

/** How the API document shows labels. */
export const LABELS_FIELD = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: MAX_VALUE },
  nullable: true,
  example: { team: 'search', env: 'prod' },
} as const;

/** Labels of a body, or null for none. */
export const IsLabels = validator('isLabels', labelsProblem);

/** The parameter `label` of a query, once or several times. From its last rule to its first, as stacked decorators run. */
export const IsLabelFilters = (): PropertyDecorator =>
  applyDecorators(
    validator('isLabelFilters', labelFiltersProblem)(),
    Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value])),
  );
