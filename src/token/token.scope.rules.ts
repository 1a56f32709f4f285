import { registerDecorator, type ValidationArguments } from 'class-validator';

const MAX_ENTRIES = 100;

/** How the API document shows such a list. */
export const SCOPE_FIELDS = {
  type: String,
  isArray: true,
  nullable: true,
  minItems: 1,
  maxItems: MAX_ENTRIES,
} as const;

function listFault(
  name: string,
  value: unknown,
  entryFault: (entry: unknown) => string | undefined,
): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ENTRIES)
    return `${name} must be a list of 1 to ${MAX_ENTRIES} entries, or null`;
  for (const [i, entry] of (value as unknown[]).entries()) {
    const fault = entryFault(entry);
    if (fault) return `${name}[${i}] ${fault}`;
  }
  return new Set(value).size < value.length ? `${name} has an entry twice` : undefined;
}

/** A list that binds a token; `entryFault` says what is wrong with one entry. */
export const IsScope =
  (entryFault: (entry: unknown) => string | undefined): PropertyDecorator =>
  (target, propertyKey): void => {
    const name = String(propertyKey);
    registerDecorator({
      name: 'isScope',
      target: target.constructor,
      propertyName: name,
      validator: {
        validate: (value: unknown) => listFault(name, value, entryFault) === undefined,
        defaultMessage: (args?: ValidationArguments) => listFault(name, args?.value, entryFault) ?? 'is not valid',
      },
    });
  };
