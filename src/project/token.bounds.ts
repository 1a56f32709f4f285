import type { Actor } from '../common/values/actor.js';
import { errors } from '../common/errors/errors.js';
import type { TokenBounds } from './project.entity.js';
import { type Contains, globContains, listContains, networkContains, pathContains } from './scope.containment.js';

const MINUTE_MS = 60_000;
/** Entries of a list that an error shows. */
const MAX_SHOWN = 5;

/** The bounds that are numbers and stand in the token as they are. */
const NUMBERS = ['max_requests', 'rate_limit_per_minute', 'max_concurrent'] as const;
const CONTAINS = {
  allowed_models: globContains,
  allowed_endpoints: pathContains,
  allowed_ips: networkContains,
} as const satisfies Partial<Record<keyof TokenBounds, Contains>>;
const LISTS = Object.keys(CONTAINS) as (keyof typeof CONTAINS)[];

/** Fields of a token that a project bounds, as a body has them: undefined = not said, null = none. */
export type BoundedFields = Omit<TokenBounds, 'duration_minutes'>;

/** Fields of a new token that a project bounds. */
export interface NewTokenFields extends BoundedFields {
  readonly duration_minutes?: number | undefined;
  readonly expires_at?: string | undefined;
}

/** A token with its end; `duration_minutes` only says which field of the body made it. */
type JudgedFields = NewTokenFields & { readonly expiresAt?: number | undefined };

/** What a token goes beyond: the field of the API and the maximum in words. */
interface BeyondMaximum {
  readonly field: string;
  readonly maximum: string | number;
}

/** Fills what the body of a new token does not say: with the default of the project, or else with the maximum. */
export function applyDefaults<T extends NewTokenFields>(
  body: T,
  { tokenDefaults, tokenMaxima }: { tokenDefaults: TokenBounds | null; tokenMaxima: TokenBounds | null },
): T {
  const filled = Object.fromEntries(
    [...NUMBERS, ...LISTS].flatMap((field) => {
      const value = tokenDefaults?.[field] ?? tokenMaxima?.[field] ?? undefined;
      return body[field] === undefined && value !== undefined ? [[field, value]] : [];
    }),
  );
  const duration =
    body.duration_minutes === undefined && body.expires_at === undefined ? tokenDefaults?.duration_minutes : undefined;
  return { ...body, ...filled, ...(duration == null ? {} : { duration_minutes: duration }) };
}

/** The lifetime of a token whose body says none, in milliseconds: at most the maximum of the project. */
export const defaultLifetime = (configuredMs: number, maxima: TokenBounds | null): number =>
  Math.min(configuredMs, maxLifetime(maxima));

const maxLifetime = (maxima: TokenBounds | null): number =>
  maxima?.duration_minutes == null ? Number.POSITIVE_INFINITY : maxima.duration_minutes * MINUTE_MS;

/** The first field that goes beyond a maximum. A field that is undefined is not judged; null and a cap of 0 are beyond any. */
export function boundsProblem(
  { expiresAt, duration_minutes: duration, ...fields }: JudgedFields,
  maxima: TokenBounds | null,
  nowMs: number,
): BeyondMaximum | undefined {
  if (!maxima) return undefined;
  if (expiresAt !== undefined && expiresAt - nowMs > maxLifetime(maxima)) {
    const field = duration === undefined ? 'expires_at' : 'duration_minutes';
    return { field, maximum: `${maxima.duration_minutes} minutes from now` };
  }
  return fieldsProblem(fields, maxima);
}

function fieldsProblem(fields: BoundedFields, maxima: TokenBounds): BeyondMaximum | undefined {
  for (const field of NUMBERS) {
    const [value, maximum] = [fields[field], maxima[field]];
    if (value !== undefined && maximum != null && (value || Number.POSITIVE_INFINITY) > maximum)
      return { field, maximum };
  }
  for (const field of LISTS) {
    const [list, maximum] = [fields[field], maxima[field]];
    if (list !== undefined && maximum != null && !(list && listContains(CONTAINS[field], maximum, list)))
      return { field, maximum: shortened(maximum) };
  }
  return undefined;
}

/** A list may have 100 long entries. */
const shortened = (list: readonly string[]): string =>
  list.length <= MAX_SHOWN
    ? list.join(', ')
    : `${list.slice(0, MAX_SHOWN).join(', ')} and ${list.length - MAX_SHOWN} more`;

/** A default beyond the maximum of the same project. */
export function defaultsProblem(defaults: TokenBounds | null, maxima: TokenBounds | null): BeyondMaximum | undefined {
  const said = Object.fromEntries(Object.entries(defaults ?? {}).filter(([, value]) => value !== null));
  const { duration_minutes: minutes, ...fields }: TokenBounds = said;
  const maximum = maxima?.duration_minutes;
  if (minutes != null && maximum != null && minutes > maximum) return { field: 'duration_minutes', maximum };
  return maxima ? fieldsProblem(fields, maxima) : undefined;
}

/** Throws `above_project_maximum` for an operator who is no admin and goes beyond. */
export function assertWithin(actor: Actor, ...judged: Parameters<typeof boundsProblem>): void {
  const beyond = actor.role === 'admin' ? undefined : boundsProblem(...judged);
  if (beyond) throw errors.limitAboveProject(beyond.field, beyond.maximum);
}
