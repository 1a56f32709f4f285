import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches, ValidateIf } from 'class-validator';

/** The field may be left out; unlike `@IsOptional`, `null` is judged by the other rules. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** Surrounding white space is not part of a name. */
export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** `true`, `false`, `1`, `0` of a query; anything else is left for `@IsBoolean` to refuse. */
export const QueryFlag = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => {
    if (value === 'true' || value === '1') return true;
    return value === 'false' || value === '0' ? false : value;
  });

/** Control characters and line separators would forge lines where a name is printed. */
const PRINTABLE = /^[^\p{Cc}\u2028\u2029\ud800-\udfff]*$/u;

/** A name of 1 to 120 characters, trimmed. From the last rule to the first, as stacked decorators run. */
export const IsName = (): PropertyDecorator =>
  applyDecorators(
    Matches(PRINTABLE, { message: 'name must not contain control characters' }),
    Length(1, 120, { message: 'name must have 1 to 120 characters' }),
    IsString({ message: 'name must be text' }),
    Trimmed(),
  );

/** An instant as every answer writes it: RFC 3339, UTC. */
export const instant = (ms: number): string => new Date(ms).toISOString();
