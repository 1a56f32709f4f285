export interface FieldError {
  field: string;
  message: string;
}

export interface ApiErrorOptions {
  /** Told to OpenAI's SDKs as `x-should-retry`; absent where the contract leaves it to the client. */
  retry?: boolean;
  /** Sent as `retry-after` (whole seconds) and, on the proxied path, `retry-after-ms`. */
  retryAfterMs?: number;
  details?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A refusal of ours: what the client is told, and nothing else. `cause` is for the log only. */
export class ApiError extends Error {
  readonly retry: boolean | undefined;
  readonly retryAfterMs: number | undefined;
  readonly details: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    options: ApiErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.retry = options.retry;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
    this.headers = options.headers ?? {};
  }
}
