import { registerDecorator, type ValidationArguments, type ValidationError } from 'class-validator';

/** Returns a sentence without its subject that says what is wrong with a value, or undefined for a valid value. */
export type Problem = (value: unknown) => string | undefined;

/** Makes a class-validator decorator whose message is the problem. It accepts an absent value. */
export const validator =
  (name: string, problem: Problem) =>
  (): PropertyDecorator =>
  (target, propertyKey): void => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(propertyKey),
      validator: {
        validate: (value: unknown) => value === undefined || problem(value) === undefined,
        defaultMessage: (args?: ValidationArguments) => problem(args?.value) ?? 'is not valid',
      },
    });
  };

/** The first problem among the entries of a list, which must differ: `[2] must be text`. */
export function entriesProblem(entries: readonly unknown[], entryProblem: Problem): string | undefined {
  for (const [i, entry] of entries.entries()) {
    const problem = entryProblem(entry);
    if (problem) return `[${i}] ${problem}`;
  }
  return new Set(entries).size < entries.length ? 'must not contain an entry twice' : undefined;
}

/** The sentence with its subject: `name must be text`, `list[2] must be text`, `map.key must be text`. */
export const sentence = (field: string, problem: string): string =>
  /^[.[]/.test(problem) ? `${field}${problem}` : `${field} ${problem}`;

/** The failed rule that stands first in the source: stacked decorators run from the bottom up, so it fails last. */
export function firstFailure({ constraints }: ValidationError): { rule: string | undefined; message: string } {
  const [rule, message = 'is not valid'] = Object.entries(constraints ?? {}).at(-1) ?? [];
  return { rule, message };
}
