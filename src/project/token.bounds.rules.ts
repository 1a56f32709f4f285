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

const list = (example: string[]) => ({ ...SCOPE_FIELDS, example });

/** Defaults or maxima in a response and in a body. */
export class TokenBoundsView implements TokenBounds {
  @ApiPropertyOptional({
    ...integer(1, MAX_DURATION_MINUTES),
    nullable: true,
    example: 43_200,
    description: 'Lifetime',
  })
  duration_minutes?: number | null;
  @ApiPropertyOptional({ ...CAP_FIELD, example: 10_000 })
  max_requests?: number | null;
  @ApiPropertyOptional({ ...LIMIT_FIELD, example: 60 })
  rate_limit_per_minute?: number | null;
  @ApiPropertyOptional({ ...LIMIT_FIELD, example: 4 })
  max_concurrent?: number | null;
  @ApiPropertyOptional(list(['gpt-4o*']))
  allowed_models?: string[] | null;
  @ApiPropertyOptional(list(['/v1/chat/completions']))
  allowed_endpoints?: string[] | null;
  @ApiPropertyOptional(list(['10.0.0.0/8']))
  allowed_ips?: string[] | null;
}

/** Documents and validates the field. A PATCH replaces the whole object. */
export const BoundsField = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, type: TokenBoundsView, nullable: true }),
    validator('isTokenBounds', tokenBoundsProblem)(),
  );
