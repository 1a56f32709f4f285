import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { FieldValidator } from './field.validator.js';
import type { BodyInspector, Inspected } from './inspected.js';
import { TurnBudget } from './turn.budget.js';

/** Finds the fields of a body in one syntax. */
interface Scanner {
  /** What is wrong with the syntax of the body. */
  readonly problem: string | undefined;
  push(chunk: Uint8Array): void;
  end(): void;
}

/** A larger piece is scanned in parts, each in its share of a turn. */
const PART_BYTES = 16 * 1024;
const turns = new TurnBudget();

/** Checks a plain body. */
export class ScanningInspector implements BodyInspector {
  constructor(
    private readonly validator: FieldValidator,
    private readonly scanner: Scanner,
  ) {}

  get isDecided(): boolean {
    return this.validator.isDecided && this.refusal === undefined;
  }

  push(piece: Buffer, then: Inspected): void {
    turns.run(() => {
      this.scanner.push(piece.subarray(0, PART_BYTES));
      if (piece.length <= PART_BYTES || this.refusal) then(this.refusal);
      else this.push(piece.subarray(PART_BYTES), then);
    });
  }

  end(then: Inspected): void {
    this.scanner.end();
    if (this.scanner.problem === undefined) this.validator.end();
    then(this.refusal);
  }

  close(): void {
    // It holds memory alone.
  }

  private get refusal(): ApiError | undefined {
    if (this.validator.refusal) return this.validator.refusal;
    return this.scanner.problem === undefined ? undefined : errors.bodyNotReadable(this.scanner.problem);
  }
}
