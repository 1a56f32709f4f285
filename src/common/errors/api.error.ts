/** What is wrong with one field of a management request. */
export interface FieldError {
  field: string;
  message: string;
}

export interface ApiErrorOptions {
  /** Sent as `x-should-retry` on the proxied path, which OpenAI's SDKs obey; absent where the client decides. */
  retry?: boolean;
  /** Sent as `retry-after` (whole seconds) and, on the proxied path, `retry-after-ms`. */
  retryAfterMs?: number;
  /** The field of the request that is at fault: `param` of OpenAI's error object. */
  param?: string;
  /** The invalid fields of a management request. */
  details?: FieldError[];
  /** Further response headers. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error of the proxy itself, as the client sees it. Only the log shows `cause`. */
export class ApiError extends Error {
  readonly retry: boolean | undefined;
  readonly retryAfterMs: number | undefined;
  readonly param: string | undefined;
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
    this.param = options.param;
    this.details = options.details;
    this.headers = options.headers ?? {};
  }
}
