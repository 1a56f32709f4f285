import { ApiError, type FieldError } from './api.error.js';

const seconds = (n: number): number => n * 1000;

/** The errors of the management API. */
export const managementErrors = {
  unauthorized: (message = 'A valid management token is required.') =>
    new ApiError(401, 'unauthorized', message, {
      headers: { 'www-authenticate': 'Bearer' },
    }),
  sessionEnded: (why: string) =>
    new ApiError(401, 'session_ended', `This session has ended: ${why}. Sign in again.`, {
      headers: { 'www-authenticate': 'Bearer' },
    }),
  crossSiteRequest: (problem: string) =>
    new ApiError(403, 'cross_site_request', `A call with a session must come from the web interface: ${problem}.`),
  confirmationRequired: () =>
    new ApiError(
      403,
      'confirmation_required',
      'The login of this session is too long ago for this call; sign in again.',
    ),
  sessionNotFound: () => new ApiError(404, 'session_not_found', 'There is no session with this id.'),
  tooManyAttempts: (ms: number) =>
    new ApiError(
      429,
      'too_many_attempts',
      'Too many failed attempts to authenticate; wait as long as Retry-After says.',
      { retryAfterMs: ms },
    ),
  validationFailed: (details: FieldError[]) =>
    new ApiError(
      400,
      'validation_failed',
      details.map(({ message }) => message).join('; ') || 'The request is not valid.',
      { details },
    ),
  /** `problem` reads on from the name of the field. */
  fieldInvalid: (field: string, problem: string) =>
    managementErrors.validationFailed([{ field, message: `${field} ${problem}` }]),
  jsonInvalid: () => new ApiError(400, 'json_invalid', 'The request body is not valid JSON.'),
  mediaTypeUnsupported: () =>
    new ApiError(415, 'media_type_unsupported', 'The Content-Type of the request must be application/json.'),
  secretInUrl: () =>
    new ApiError(
      400,
      'secret_in_url',
      'This text is or may be a secret, which has no place in a URL; POST /manage/tokens/lookup finds the token of one.',
    ),
  invalidId: () => new ApiError(400, 'invalid_id', 'The id must be a UUID.'),
  noFields: () => new ApiError(400, 'no_fields', 'The request must contain at least one field to change.'),
  projectNotFound: () => new ApiError(404, 'project_not_found', 'There is no project with this id.'),
  projectExists: () => new ApiError(409, 'project_exists', 'A project with this name already exists.'),
  apiKeyMasked: () => new ApiError(400, 'api_key_masked', 'This is the masked form of a key; send the whole key.'),
  noSuchToken: () => new ApiError(404, 'token_not_found', 'There is no token with this id.'),
  noMatchingToken: () => new ApiError(404, 'token_not_found', 'There is no token with this secret or display form.'),
  streamNotFound: () =>
    new ApiError(404, 'stream_not_found', 'There is no running request with this id; it may have ended.'),
  /** `names` are those of the replicas, at least one. */
  replicasSilent: (names: readonly string[]) =>
    new ApiError(
      503,
      'replicas_silent',
      `${names.join(', ')} did not answer, so the request may still run there; try again, or revoke its token.`,
      { retryAfterMs: seconds(1) },
    ),
  requestNotFound: () =>
    new ApiError(404, 'request_not_found', 'There is no kept request with this id; old ones are removed.'),
  bodyNotFound: () =>
    new ApiError(404, 'body_not_found', 'No such body of this request is kept: it was not captured, or is removed.'),
  observabilityDisabled: () =>
    new ApiError(409, 'observability_disabled', 'This server keeps no events: OBSERVABILITY_ENABLED is false.'),
  tooManyViewers: () =>
    new ApiError(503, 'too_many_viewers', 'This server has reached its limit of live viewers; try again later.', {
      retryAfterMs: seconds(10),
    }),
  auditUnavailable: (cause?: unknown) =>
    new ApiError(503, 'audit_unavailable', 'The audit log cannot be written at the moment, so nothing is done.', {
      retryAfterMs: seconds(1),
      cause,
    }),
  auditBroken: () =>
    new ApiError(
      503,
      'audit_broken',
      'The newest row of the audit log is not the one that was written; verify the log.',
    ),
  auditEventNotFound: () =>
    new ApiError(404, 'audit_event_not_found', 'There is no row of the audit log with this id or number.'),
  auditBusy: () =>
    new ApiError(429, 'audit_busy', 'An export of this operator is running on this server already; wait for its end.', {
      retryAfterMs: seconds(5),
    }),
  roleNotAllowed: () => new ApiError(403, 'role_not_allowed', 'The role of this operator does not allow this call.'),
  operatorNotFound: () => new ApiError(404, 'operator_not_found', 'There is no operator with this id.'),
  operatorExists: () => new ApiError(409, 'operator_exists', 'An operator with this name already exists.'),
  tooManyOperators: (max: number) =>
    new ApiError(
      409,
      'too_many_operators',
      `There are already ${max} active operators, the maximum; revoke one first.`,
    ),
  /** `id` is that of the token that replaced it. */
  tokenReplaced: (id: string) =>
    new ApiError(409, 'token_replaced', `This token is replaced already, by the token ${id}.`),
  tokenEnded: () => new ApiError(409, 'token_ended', 'This token has ended: it is revoked or has expired.'),
  tokenAmbiguous: () => new ApiError(409, 'token_ambiguous', 'More than one token matches; use the id of one.'),
  limitAboveProject: (field: string, max: string | number) => {
    const message = `${field} is above the maximum of the project, ${max}`;
    return new ApiError(403, 'above_project_maximum', `${message}.`, { details: [{ field, message }] });
  },
} as const;
