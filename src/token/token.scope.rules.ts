import { registerDecorator, type ValidationArguments } from 'class-validator';

const MAX_ENTRIES = 100;

/** The schema of such a list in the OpenAPI document. */
export const SCOPE_FIELDS = {
  type: String,
  isArray: true,
  nullable: true,
  minItems: 1,
  maxItems: MAX_ENTRIES,
} as const;

function listProblem(
  name: string,
  value: unknown,
  entryProblem: (entry: unknown) => string | undefined,
): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ENTRIES)
    return `${name} must be a list of 1 to ${MAX_ENTRIES} entries, or null`;
  for (const [i, entry] of (value as unknown[]).entries()) {
    const problem = entryProblem(entry);
    if (problem) return `${name}[${i}] ${problem}`;
  }
  return new Set(value).size < value.length ? `${name} has an entry twice` : undefined;
}

/** A list that restricts a token. `entryProblem` returns what is wrong with one entry. */
export const IsScope =
  (entryProblem: (entry: unknown) => string | undefined): PropertyDecorator =>
  (target, propertyKey): void => {
    const name = String(propertyKey);
    registerDecorator({
      name: 'isScope',
      target: target.constructor,
      propertyName: name,
      validator: {
        validate: (value: unknown) => listProblem(name, value, entryProblem) === undefined,
        defaultMessage: (args?: ValidationArguments) => listProblem(name, args?.value, entryProblem) ?? 'is not valid',
      },
    });
  };
