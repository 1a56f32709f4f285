import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { FieldReader, FieldValue } from './field.value.js';

/** A rule for one top-level field of a body. */
export interface FieldRule {
  readonly name: string;
  /** Why a value is refused; undefined for an allowed one. */
  refusal(value: FieldValue): ApiError | undefined;
  /** Why a body without the field is refused; absent for an optional field. */
  missing?(): ApiError | undefined;
  /** Rules for the members of an object, which are checked before its own value. */
  readonly members?: readonly FieldRule[];
}

/**
 * Checks the fields of one body against the rules, whatever its syntax. A field that two parsers could read differently is
 * refused: one that is given twice, one in another case (which Go's parser ignores), one with a NUL, an array by its name.
 */
export class FieldValidator implements FieldReader {
  refusal: ApiError | undefined;
  private readonly names: ReadonlyMap<string, string>;
  private readonly seen = new Set<string>();
  private checkedCount = 0;
  private inner: FieldValidator | undefined;

  constructor(private readonly rules: readonly FieldRule[]) {
    this.names = new Map(rules.map(({ name }) => [folded(name), name]));
  }

  /** True once the value of every field with a rule was checked. Only a repeated field can still be refused then. */
  get isDecided(): boolean {
    return this.checkedCount === this.names.size;
  }

  key(name: string): boolean {
    const ruleName = this.names.get(folded(name));
    if (ruleName === undefined) return false;
    if (ruleName !== name)
      this.refusal ??= errors.paramNotAllowed(ruleName, 'is spelled in a way that can be read differently');
    if (this.seen.has(ruleName)) this.refusal ??= errors.paramNotAllowed(ruleName, 'is given twice');
    this.seen.add(ruleName);
    return this.refusal === undefined;
  }

  members(name: string): FieldReader | undefined {
    const members = this.rules.find((rule) => rule.name === name && rule.members)?.members;
    this.inner = members && new FieldValidator(members);
    return this.inner;
  }

  value(name: string, value: FieldValue): void {
    this.checkedCount += 1;
    this.refusal ??= this.inner?.refusal;
    this.inner = undefined;
    for (const rule of this.rules) if (rule.name === name) this.refusal ??= rule.refusal(value);
  }

  /** To be called at the end of the body: checks that no required field is missing. */
  end(): void {
    for (const rule of this.rules) if (!this.seen.has(rule.name)) this.refusal ??= rule.missing?.();
  }
}

/**
 * The name without what follows a NUL or a bracket, in lower case. Upper case first, because some letters become Latin
 * only that way: ſ, K.
 */
const folded = (name: string): string => name.split('\0', 1)[0]!.split('[', 1)[0]!.toUpperCase().toLowerCase();
