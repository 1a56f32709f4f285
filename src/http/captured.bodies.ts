/** What was captured of one body. */
export interface CapturedBody {
  /** Lower-case names. Only headers that are known to be harmless. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its first bytes, with their content coding. */
  readonly bytes: Uint8Array;
  /** The body is longer, or broke off. */
  readonly truncated: boolean;
}

export interface CapturedBodies {
  readonly request?: CapturedBody;
  readonly response?: CapturedBody;
}
