import { Transform } from 'class-transformer';
import { ValidateIf } from 'class-validator';

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
