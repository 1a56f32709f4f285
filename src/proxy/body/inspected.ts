import type { ApiError } from '../../common/errors/api.error.js';

/** Receives why a body is refused; undefined while it is allowed. */
export type Inspected = (refusal: ApiError | undefined) => void;

/** Checks one body against the rules while it streams: one piece at a time, each called back once, at once or later. */
export interface BodyInspector {
  /** True once every field with a rule was seen and allowed. */
  readonly isDecided: boolean;
  push(piece: Buffer, then: Inspected): void;
  /** To be called before the last piece is forwarded, so that a body without a required field never reaches the upstream whole. */
  end(then: Inspected): void;
  /** Frees what the inspection holds. */
  close(): void;
}
