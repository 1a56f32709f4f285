import { ApiError } from './api.error.js';
import { managementErrors } from './management.errors.js';
import { listed, shown } from './shown.js';

const seconds = (n: number): number => n * 1000;
const after = (mark: string, text: string): string => (text === '' ? '' : `${mark}${text}`);

/** What forbids a request. */
export type Rules = 'the withering token' | 'the provider';

/** The catalogue of the proxy's own errors: status, code, sentence for the client, and whether a retry may help. */
export const errors = {
  ...managementErrors,

  // The request itself.
  targetInvalid: (why: string) =>
    new ApiError(400, 'target_invalid', `The request target is not valid: ${why}.`, { retry: false }),
  headerInvalid: (why: string) =>
    new ApiError(400, 'header_invalid', `The request headers are not valid: ${why}.`, { retry: false }),
  requestInvalid: (why: string) =>
    new ApiError(400, 'request_invalid', `The request is not valid: ${why}.`, { retry: false }),
  bodyTruncated: () =>
    new ApiError(400, 'body_truncated', 'The request body ended before it was complete.', { retry: false }),
  requestTimeout: () => new ApiError(408, 'request_timeout', 'The request did not arrive in time.', { retry: false }),
  bodyTooLarge: (maxBytes: number) =>
    new ApiError(413, 'body_too_large', `The request body is larger than the limit of ${maxBytes} bytes.`, {
      retry: false,
    }),
  headersTooLarge: () => new ApiError(431, 'headers_too_large', 'The request headers are too large.', { retry: false }),
  expectationFailed: () =>
    new ApiError(417, 'expectation_failed', 'The only supported value of the Expect header is 100-continue.', {
      retry: false,
    }),
  versionUnsupported: () =>
    new ApiError(505, 'version_unsupported', 'Only HTTP/1.1 and HTTP/1.0 are supported.', { retry: false }),
  notFound: () => new ApiError(404, 'not_found', 'There is no resource at this path.', { retry: false }),
  baseUrlInvalid: (why: string) =>
    new ApiError(404, 'base_url_invalid', `There is nothing at ${why}.`, { retry: false }),
  methodNotAllowed: (allow: string) =>
    new ApiError(
      405,
      'method_not_allowed',
      'This method is not allowed at this path; the Allow header lists the allowed methods.',
      { retry: false, headers: { allow } },
    ),

  internal: (cause: unknown) =>
    new ApiError(500, 'internal_error', 'An internal error occurred in the proxy.', { cause }),

  // The withering token.
  tokenMissing: (found: string) =>
    new ApiError(
      401,
      'token_missing',
      `A withering token is required: Authorization: Bearer sk-wt-…${after('; ', found)}`,
      {
        retry: false,
      },
    ),
  tokenMalformed: (why: string) =>
    new ApiError(401, 'token_malformed', `The credential is not a valid withering token: ${why}.`, { retry: false }),
  tokenUnknown: () =>
    new ApiError(401, 'token_not_found', 'The withering token does not exist on this server.', { retry: false }),
  tooManyUnknownTokens: (ms: number) =>
    new ApiError(429, 'too_many_attempts', 'Too many unknown tokens came from this address; try again.', {
      retry: true,
      retryAfterMs: ms,
    }),
  tokenInactive: () => new ApiError(401, 'token_inactive', 'The withering token has been revoked.', { retry: false }),
  tokenExpired: (at: string) =>
    new ApiError(401, 'token_expired', `The withering token expired at ${at}; ask its issuer for a new one.`, {
      retry: false,
    }),
  tokenExhausted: () =>
    new ApiError(429, 'token_exhausted', 'The withering token has used up all its requests; ask its issuer for more.', {
      retry: false,
    }),
  tokenChanged: () =>
    new ApiError(503, 'token_changed', 'The withering token was changed during the request; send the request again.', {
      retry: true,
      retryAfterMs: seconds(1),
    }),
  projectInactive: () =>
    new ApiError(403, 'project_inactive', 'The project is not active: it was deactivated or deleted.', {
      retry: false,
    }),
  endpointNotAllowed: (by: Rules) =>
    new ApiError(403, 'endpoint_not_allowed', `The rules of ${by} do not allow this endpoint.`, { retry: false }),

  // The rules of a provider and the scope of a token.
  originNotAllowed: (origin: string) =>
    new ApiError(403, 'origin_not_allowed', `The rules of the provider do not allow the origin${shown(origin)}.`, {
      retry: false,
    }),
  originRequired: () =>
    new ApiError(400, 'origin_required', 'The rules of the provider require the header Origin.', { retry: false }),
  headerRequired: (name: string) =>
    new ApiError(400, 'header_required', `The rules of the provider require the header ${name}.`, { retry: false }),
  ipNotAllowed: (address: string) =>
    new ApiError(
      403,
      'ip_not_allowed',
      `The rules of the withering token do not allow the address that this request comes from:${shown(address)}.`,
      { retry: false },
    ),
  modelNotAllowed: (model: string, allowed: readonly string[]) =>
    new ApiError(
      403,
      'model_not_allowed',
      `The rules of the withering token do not allow the model${shown(model)}; allowed: ${listed(allowed)}.`,
      { retry: false, param: 'model' },
    ),
  modelNotNamed: (allowed: readonly string[]) =>
    new ApiError(
      403,
      'model_not_allowed',
      `The request names no model where the rules of the withering token can check it; allowed: ${listed(allowed)}.`,
      { retry: false, param: 'model' },
    ),
  paramNotAllowed: (param: string, why: string) =>
    new ApiError(400, 'param_not_allowed', `The parameter ${param} ${why}.`, { retry: false, param }),
  bodyNotReadable: (why: string) =>
    new ApiError(
      400,
      'body_invalid',
      `The request body cannot be checked against the rules of the provider and the token: ${why}.`,
      { retry: false },
    ),
  bodyTypeUnsupported: (why: string) =>
    new ApiError(
      415,
      'media_type_unsupported',
      `The request body cannot be checked against the rules of the provider and the token: ${why}.`,
      { retry: false },
    ),
  streamUsageRequired: () =>
    new ApiError(
      400,
      'stream_usage_required',
      'The rules of the provider require `"stream_options": {"include_usage": true}` in a request with `"stream": true`.',
      { retry: false, param: 'stream_options' },
    ),
  endedByOperator: () =>
    new ApiError(403, 'ended_by_operator', 'An operator has ended this request. The token can still be used.', {
      retry: false,
    }),
  providerUnknown: () =>
    new ApiError(503, 'provider_unknown', 'The provider of this project is not configured on this server.', {
      retry: false,
    }),

  // Limits of rate and concurrency.
  rateLimitExceeded: ({ of, retryAfterMs }: { of: string; retryAfterMs: number }) =>
    new ApiError(429, 'rate_limit_exceeded', `The rate limit of ${of} is reached.`, { retry: true, retryAfterMs }),
  concurrencyExceeded: (of: string) =>
    new ApiError(429, 'concurrency_exceeded', `The limit of concurrent requests of ${of} is reached.`, {
      retry: true,
      retryAfterMs: seconds(1),
    }),
  /** `until` is an instant in text, in UTC. Without Retry-After: no client library must wait for hours. */
  projectExhausted: (period: 'day' | 'month', until: string) =>
    new ApiError(
      429,
      'project_exhausted',
      `The project has used up its requests of this ${period}; the next ones begin at ${until}.`,
      { retry: false },
    ),
  limitsUnavailable: (cause: unknown) =>
    new ApiError(503, 'limits_unavailable', 'The rate limits cannot be checked at the moment; try again.', {
      retry: true,
      retryAfterMs: seconds(1),
      cause,
    }),

  // The database and the upstream.
  storeUnavailable: (cause?: unknown) =>
    new ApiError(503, 'store_unavailable', 'The database is not available at the moment; try again.', {
      retry: true,
      retryAfterMs: seconds(1),
      cause,
    }),
  upstreamAuthError: (cause?: unknown) =>
    new ApiError(503, 'upstream_auth_error', 'The upstream key of this project cannot be used.', {
      retry: false,
      cause,
    }),
  overloaded: () =>
    new ApiError(503, 'overloaded', 'This server has reached its limit of connections; try again.', {
      retry: true,
      retryAfterMs: seconds(1),
    }),
  draining: () =>
    new ApiError(503, 'draining', 'This server is shutting down; try again.', {
      retry: true,
      retryAfterMs: seconds(1),
    }),
  upstreamUnreachable: (cause?: unknown, why?: string) =>
    new ApiError(
      502,
      'upstream_unreachable',
      why === undefined ? 'The upstream cannot be reached.' : `The upstream cannot be reached: ${why}.`,
      { retry: true, cause },
    ),
  upstreamReset: (cause?: unknown) =>
    new ApiError(502, 'upstream_reset', 'The upstream closed the connection before it sent a response.', {
      retry: false,
      cause,
    }),
  upstreamProtocol: (cause?: unknown) =>
    new ApiError(502, 'upstream_protocol', 'The upstream sent an invalid response.', { retry: false, cause }),
  upstreamUnavailable: (retryAfterMs: number) =>
    new ApiError(503, 'upstream_unavailable', 'The upstream has failed repeatedly; wait as long as Retry-After says.', {
      retry: true,
      retryAfterMs,
    }),
  durationExceeded: () =>
    new ApiError(504, 'upstream_timeout', 'The request took longer than STREAM_MAX_DURATION allows.', { retry: false }),
  webSocketIdle: () =>
    new ApiError(408, 'websocket_idle', 'The WebSocket was idle for longer than WEBSOCKET_IDLE_TIMEOUT allows.', {
      retry: false,
    }),
  upstreamTimeout: (cause?: unknown) =>
    new ApiError(504, 'upstream_timeout', 'The upstream did not respond in time.', { retry: false, cause }),
} as const;
