import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches, ValidateIf } from 'class-validator';
import { PRINTABLE } from './field.rules.js';
import { isIdStart } from './uuid.js';
import { entriesProblem, type Problem } from './validator.js';

const MAX_SEARCH = 120;

/** How the API document shows a text that is searched for. */
export const SEARCH = { type: String, minLength: 1, maxLength: MAX_SEARCH } as const;

/** A whole key or credential, wherever it stands; `desk-…` and `risk-…` are words. It would be written to logs of the networks in front. */
export const KEY_IN_TEXT = /(?:(?<![a-z\d])sk-|sk-(?:wt|op|proj|svcacct|admin)-)[\w-]{16}/i;
/** The beginning of one. Display forms have an ellipsis, or dots in its place. */
const BEGINNING = /^sk-(?!.*(?:…|\.\.\.))/i;
const NO_SECRET = new RegExp(`^(?!.*${KEY_IN_TEXT.source})(?!${BEGINNING.source.slice(1)})`, 'i');

/** A text of a query that is searched for; never a secret. From its last rule to its first, as stacked decorators run. */
export const IsSearch = (field: string, maxLength = MAX_SEARCH): PropertyDecorator =>
  applyDecorators(
    Matches(NO_SECRET, {
      message: `${field} must not be a secret; POST /manage/tokens/lookup finds the token of a secret`,
    }),
    Matches(PRINTABLE, { message: `${field} must not contain control characters` }),
    Length(1, maxLength, { message: `${field} must have 1 to ${maxLength} characters` }),
    IsString({ message: `${field} must be text` }),
    ValidateIf((_object, value) => value !== undefined),
  );

/** Splits the entries of a query that commas separate. Other values stay for the validator to refuse. */
export const separated = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : value;

/** Of a list whose entries are some of these words, each once. */
export const eachOf =
  (words: readonly string[]): Problem =>
  (value) => {
    if (!Array.isArray(value)) return 'must be text';
    return entriesProblem(value, (entry) =>
      words.includes(entry as string) ? undefined : `must be ${words.join(', ')}`,
    );
  };

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * The ids that begin with a text, as two whole ids: texts of one form are in the same order by the rules of any language.
 */
export function idRange(text: string): { idFrom: string; idTo: string } | undefined {
  if (!isIdStart(text)) return undefined;
  const start = text.toLowerCase();
  return { idFrom: start + LOWEST_ID.slice(start.length), idTo: start + HIGHEST_ID.slice(start.length) };
}
