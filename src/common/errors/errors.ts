import { ApiError, type FieldError } from './api.error.js';

const seconds = (n: number): number => n * 1000;

/** Every refusal of ours, one line each: status, code, sentence, whether a second try may help. */
export const errors = {
  // The request itself.
  targetInvalid: (why: string) =>
    new ApiError(400, 'target_invalid', `The request target is refused: ${why}.`, { retry: false }),
  headerInvalid: (why: string) =>
    new ApiError(400, 'header_invalid', `The request headers are refused: ${why}.`, { retry: false }),
  requestInvalid: (why: string) =>
    new ApiError(400, 'request_invalid', `The request is refused: ${why}.`, { retry: false }),
  bodyTruncated: () => new ApiError(400, 'body_truncated', 'The request body ended early.', { retry: false }),
  requestTimeout: () => new ApiError(408, 'request_timeout', 'The request did not arrive in time.', { retry: false }),
  bodyTooLarge: (maxBytes: number) =>
    new ApiError(413, 'body_too_large', `The request body is larger than ${maxBytes} bytes.`, { retry: false }),
  headersTooLarge: () => new ApiError(431, 'headers_too_large', 'The request headers are too large.', { retry: false }),
  expectationFailed: () =>
    new ApiError(417, 'expectation_failed', 'No expectation but 100-continue can be met.', { retry: false }),
  versionUnsupported: () =>
    new ApiError(505, 'version_unsupported', 'The request is not HTTP/1.1 or HTTP/1.0.', { retry: false }),
  notFound: () => new ApiError(404, 'not_found', 'There is nothing at this path.', { retry: false }),
  methodNotAllowed: (allow: string) =>
    new ApiError(405, 'method_not_allowed', 'This method is not allowed here.', { retry: false, headers: { allow } }),

  // Management.
  unauthorized: () =>
    new ApiError(401, 'unauthorized', 'A valid management token is required.', {
      headers: { 'www-authenticate': 'Bearer' },
    }),
  tooManyAttempts: (ms: number) =>
    new ApiError(429, 'too_many_attempts', 'Too many failed attempts; try again later.', { retryAfterMs: ms }),
  validationFailed: (details: FieldError[]) =>
    new ApiError(
      400,
      'validation_failed',
      details.map((fault) => fault.message).join('; ') || 'The request is not valid.',
      { details },
    ),
  jsonInvalid: () => new ApiError(400, 'json_invalid', 'The body is not valid JSON.'),
  mediaTypeUnsupported: () => new ApiError(415, 'media_type_unsupported', 'The body must be application/json.'),
  invalidId: () => new ApiError(400, 'invalid_id', 'The id is not a UUID.'),
  noFields: () => new ApiError(400, 'no_fields', 'At least one field to change is required.'),
  projectNotFound: () => new ApiError(404, 'project_not_found', 'There is no such project.'),
  projectExists: () => new ApiError(409, 'project_exists', 'A project of this name exists already.'),
  apiKeyMasked: () => new ApiError(400, 'api_key_masked', 'This is the display form of a key; send the whole key.'),
  noSuchToken: () => new ApiError(404, 'token_not_found', 'There is no such token.'),
  internal: (cause: unknown) => new ApiError(500, 'internal_error', 'Something went wrong on our side.', { cause }),

  // The withering token.
  tokenMissing: () =>
    new ApiError(401, 'token_missing', 'A withering token is required: Authorization: Bearer sk-wt-…', {
      retry: false,
    }),
  tokenMalformed: () =>
    new ApiError(401, 'token_malformed', 'The credential is not a withering token.', { retry: false }),
  tokenUnknown: () => new ApiError(401, 'token_not_found', 'The withering token is not known.', { retry: false }),
  tokenInactive: () => new ApiError(401, 'token_inactive', 'The withering token has been revoked.', { retry: false }),
  tokenExpired: () => new ApiError(401, 'token_expired', 'The withering token has expired.', { retry: false }),
  tokenExhausted: () =>
    new ApiError(429, 'token_exhausted', 'The withering token has used up its requests.', { retry: false }),
  tokenChanged: () =>
    new ApiError(503, 'token_changed', 'The withering token was changed while its request was on its way.', {
      retry: true,
      retryAfterMs: seconds(1),
    }),
  projectInactive: () => new ApiError(403, 'project_inactive', 'The project is not active.', { retry: false }),
  endpointNotAllowed: () =>
    new ApiError(403, 'endpoint_not_allowed', 'This endpoint is not allowed.', { retry: false }),

  // What a provider's file or a token's narrowing does not allow.
  originNotAllowed: () => new ApiError(403, 'origin_not_allowed', 'This origin is not allowed.', { retry: false }),
  originRequired: () => new ApiError(400, 'origin_required', 'The header Origin is required.', { retry: false }),
  headerRequired: (name: string) =>
    new ApiError(400, 'header_required', `The header ${name} is required.`, { retry: false }),
  ipNotAllowed: () =>
    new ApiError(403, 'ip_not_allowed', 'The token may not be used from this address.', { retry: false }),
  modelNotAllowed: () =>
    new ApiError(403, 'model_not_allowed', 'The token may not be used for this model.', { retry: false }),
  modelNotNamed: () =>
    new ApiError(
      403,
      'model_not_allowed',
      'The token is bound to models, and the request names none that can be judged.',
      {
        retry: false,
      },
    ),
  paramNotAllowed: (what: string) => new ApiError(400, 'param_not_allowed', `The parameter ${what}.`, { retry: false }),
  bodyNotReadable: (why: string) =>
    new ApiError(400, 'body_invalid', `A rule has to read the request body: ${why}.`, { retry: false }),
  bodyTypeUnsupported: (why: string) =>
    new ApiError(415, 'media_type_unsupported', `A rule has to read the request body: ${why}.`, { retry: false }),
  providerUnknown: () =>
    new ApiError(503, 'provider_unknown', 'The provider of this project is not configured.', { retry: false }),

  // Limits in time.
  rateLimitExceeded: ({ of, retryAfterMs }: { of: string; retryAfterMs: number }) =>
    new ApiError(429, 'rate_limit_exceeded', `The rate limit of ${of} is reached.`, { retry: true, retryAfterMs }),
  concurrencyExceeded: () =>
    new ApiError(429, 'concurrency_exceeded', 'The withering token has as many requests running as it may have.', {
      retry: true,
      retryAfterMs: seconds(1),
    }),
  limitsUnavailable: (cause: unknown) =>
    new ApiError(503, 'limits_unavailable', 'The limits cannot be counted now.', {
      retry: true,
      retryAfterMs: seconds(1),
      cause,
    }),

  // The store and the upstream.
  storeUnavailable: (cause?: unknown) =>
    new ApiError(503, 'store_unavailable', 'The store cannot answer now.', {
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
    new ApiError(503, 'overloaded', 'This server has as many connections as it can serve.', {
      retry: true,
      retryAfterMs: seconds(1),
    }),
  draining: () =>
    new ApiError(503, 'draining', 'This server is shutting down.', { retry: true, retryAfterMs: seconds(1) }),
  upstreamUnreachable: (cause?: unknown) =>
    new ApiError(502, 'upstream_unreachable', 'The upstream cannot be reached.', { retry: true, cause }),
  upstreamReset: (cause?: unknown) =>
    new ApiError(502, 'upstream_reset', 'The upstream closed the connection before it answered.', {
      retry: false,
      cause,
    }),
  upstreamProtocol: (cause?: unknown) =>
    new ApiError(502, 'upstream_protocol', 'The upstream broke the protocol.', { retry: false, cause }),
  upstreamUnavailable: (retryAfterMs: number) =>
    new ApiError(503, 'upstream_unavailable', 'The upstream has not answered for a while; it is asked again shortly.', {
      retry: true,
      retryAfterMs,
    }),
  upstreamTimeout: (cause?: unknown) =>
    new ApiError(504, 'upstream_timeout', 'The upstream did not answer in time.', { retry: false, cause }),
} as const;
