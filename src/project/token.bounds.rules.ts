import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { errors } from '../common/errors/errors.js';
import { integer } from '../common/rest/api.docs.js';
import { CAP_FIELD, LIMIT_FIELD, limitProblem } from '../common/rest/limit.rules.js';
import { SCOPE_FIELDS, scopeProblem } from '../common/rest/scope.rules.js';
import { type Problem, sentence, validator } from '../common/rest/validator.js';
import { globProblem } from '../common/values/glob.js';
import { MAX_DURATION_MINUTES, MAX_LIMIT } from '../common/values/limits.js';
import { networkProblem } from '../common/values/networks.js';
import { pathPatternProblem } from '../common/values/path.rules.js';
import type { ProjectEntity, TokenBounds } from './project.entity.js';
import { defaultsProblem } from './token.bounds.js';

const listOf =
  (entryProblem: Problem): Problem =>
  (value) =>
    scopeProblem(value, entryProblem);

const PROBLEMS: Record<keyof TokenBounds, Problem> = {
  duration_minutes: limitProblem(MAX_DURATION_MINUTES),
  max_requests: limitProblem(Number.MAX_SAFE_INTEGER),
  rate_limit_per_minute: limitProblem(MAX_LIMIT),
  max_concurrent: limitProblem(MAX_LIMIT),
  allowed_models: listOf(globProblem),
  allowed_endpoints: listOf(pathPatternProblem),
  allowed_ips: listOf(networkProblem),
};

/** What is wrong with defaults or maxima; undefined for valid ones and for null. */
export function tokenBoundsProblem(bounds: unknown): string | undefined {
  if (bounds === null) return undefined;
  if (typeof bounds !== 'object' || Array.isArray(bounds)) return 'must be an object of fields of a token, or null';
  for (const [field, value] of Object.entries(bounds)) {
    if (!Object.hasOwn(PROBLEMS, field)) return `.${field} is not a known field`;
    const problem = value === null ? undefined : PROBLEMS[field as keyof TokenBounds](value);
    if (problem) return sentence(`.${field}`, problem);
  }
  return undefined;
}

/** As a row has them: without fields that are null. Null when nothing is left. */
export function storedBounds(bounds: TokenBounds | null): TokenBounds | null {
  const said = Object.entries(bounds ?? {}).filter(([, value]) => value !== null);
  return said.length === 0 ? null : Object.fromEntries(said);
}

type BoundsColumns = Pick<ProjectEntity, 'tokenDefaults' | 'tokenMaxima'>;

/** The columns after a change; what it does not say stays. Throws `validation_failed` for a default beyond a maximum. */
export function boundsColumns(
  body: { readonly token_defaults?: TokenBounds | null; readonly token_maxima?: TokenBounds | null },
  before: BoundsColumns = { tokenDefaults: null, tokenMaxima: null },
): BoundsColumns {
  const { token_defaults: defaults = before.tokenDefaults, token_maxima: maxima = before.tokenMaxima } = body;
  const columns = { tokenDefaults: storedBounds(defaults), tokenMaxima: storedBounds(maxima) };
  const beyond = defaultsProblem(columns.tokenDefaults, columns.tokenMaxima);
  if (beyond)
    throw errors.fieldInvalid(
      'token_defaults',
      `must be within token_maxima: ${beyond.field} is above ${beyond.maximum}`,
    );
  return columns;
}

const list = (example: string) => ({
  type: 'array' as const,
  items: { type: 'string' as const },
  nullable: true,
  minItems: SCOPE_FIELDS.minItems,
  maxItems: SCOPE_FIELDS.maxItems,
  example: [example],
});

/**
 * Defaults or maxima in a response and in a body. Not a class: it would become a reference, and by OpenAPI 3.0 a
 * reference cannot be made nullable, so that generated clients fail on its null.
 */
export const BOUNDS_FIELD = {
  type: 'object',
  nullable: true,
  properties: {
    duration_minutes: { ...integer(1, MAX_DURATION_MINUTES), nullable: true, example: 43_200, description: 'Lifetime' },
    max_requests: { ...CAP_FIELD, example: 10_000 },
    rate_limit_per_minute: { ...LIMIT_FIELD, example: 60 },
    max_concurrent: { ...LIMIT_FIELD, example: 4 },
    allowed_models: list('gpt-4o*'),
    allowed_endpoints: list('/v1/chat/completions'),
    allowed_ips: list('10.0.0.0/8'),
  },
} as const;

/** Documents and validates the field. A PATCH replaces the whole object. */
export const BoundsField = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ ...BOUNDS_FIELD, description }),
    validator('isTokenBounds', tokenBoundsProblem)(),
  );
