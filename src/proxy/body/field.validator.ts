import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { type FieldValue, OPAQUE } from './token.buffer.js';
import type { MemberReader } from './json.scan.js';

/** What one top-level field of a body has to be. */
export interface FieldRule {
  readonly name: string;
  /** Why a value is refused. */
  fault(value: string | number | boolean): ApiError | undefined;
  /** Why a body without the field is refused; undefined when it may be absent. */
  readonly missing?: ApiError;
}

/**
 * Judges the ruled fields of one body, whatever syntax they come in. A field that two parsers could take differently
 * (given twice; in another case, which Go's parser ignores; cut at a NUL; an array by its name) is refused.
 */
export class FieldValidator implements MemberReader {
  fault: ApiError | undefined;
  private readonly names: ReadonlyMap<string, string>;
  private readonly seen = new Set<string>();
  private judged = 0;

  constructor(private readonly rules: readonly FieldRule[]) {
    this.names = new Map(rules.map(({ name }) => [folded(name), name]));
  }

  /** Whether every ruled field was seen with its whole value: from here on only a second one can be a fault. */
  get isDecided(): boolean {
    return this.judged === this.names.size;
  }

  key(name: string): boolean {
    const ruled = this.names.get(folded(name));
    if (ruled === undefined) return false;
    if (ruled !== name)
      this.fault ??= errors.paramNotAllowed(`${ruled} is spelled in a way that can be read differently`);
    if (this.seen.has(ruled)) this.fault ??= errors.paramNotAllowed(`${ruled} is given twice`);
    this.seen.add(ruled);
    return this.fault === undefined;
  }

  value(name: string, value: FieldValue): void {
    this.judged += 1;
    if (value === OPAQUE || value === null) {
      this.fault ??= errors.paramNotAllowed(`${name} has a value that is not allowed`);
      return;
    }
    for (const rule of this.rules) if (rule.name === name) this.fault ??= rule.fault(value);
  }

  /** The body is over. */
  end(): void {
    for (const { name, missing } of this.rules) if (missing && !this.seen.has(name)) this.fault ??= missing;
  }
}

/** Unicode has letters that only become Latin by way of their capital (ſ, K). */
const folded = (name: string): string => name.split('\0', 1)[0]!.split('[', 1)[0]!.toUpperCase().toLowerCase();
