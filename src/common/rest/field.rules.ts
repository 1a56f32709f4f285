import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches, ValidateIf } from 'class-validator';
import { validator } from './validator.js';

/** The field is optional. Unlike `@IsOptional`, the other validators still check `null`. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** Removes white space around a text. */
export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** Converts `true`, `false`, `1` and `0` of a query to a boolean. Other values stay for `@IsBoolean` to refuse. */
export const QueryFlag = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => {
    if (value === 'true' || value === '1') return true;
    return value === 'false' || value === '0' ? false : value;
  });

/** A name with control characters or line separators could forge lines in an output. */
export const PRINTABLE = /^[^\p{Cc}\u2028\u2029\ud800-\udfff]*$/u;

/** A whole key or credential: names, owners, notes and labels are shown in lists and logs. */
const SECRET = /sk-[A-Za-z0-9_-]{20}/;

export const HAS_SECRET = 'must not contain a key or a token';

export const secretProblem = (text: unknown): string | undefined =>
  typeof text === 'string' && SECRET.test(text) ? HAS_SECRET : undefined;

export const HasNoSecret = validator('hasNoSecret', secretProblem);

/** A name of 1 to `max` characters, trimmed. Decorators run from the bottom up, so the last one here runs first. */
export const IsName = (max = 120): PropertyDecorator =>
  applyDecorators(
    HasNoSecret(),
    Matches(PRINTABLE, { message: 'name must not contain control characters' }),
    Length(1, max, { message: `name must have 1 to ${max} characters` }),
    IsString({ message: 'name must be text' }),
    Trimmed(),
  );

/** Milliseconds since the epoch in the format of the management API: RFC 3339, UTC. */
export const instant = (ms: number): string => new Date(ms).toISOString();
