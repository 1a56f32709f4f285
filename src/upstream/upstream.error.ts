/**
 * Why there is no (whole) answer: no connection could be made, or not in time; the connection broke; what came over it is
 * not HTTP/1.1 that could be passed on; the request's own body ended early, or a header of it cannot be sent.
 */
export type UpstreamErrorKind =
  | 'unreachable'
  | 'connect_timeout'
  | 'reset'
  | 'protocol'
  | 'truncated_request'
  | 'invalid_request';

/** What goes wrong between us and an upstream. */
export class UpstreamError extends Error {
  constructor(
    readonly kind: UpstreamErrorKind,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = UpstreamError.name;
  }
}

export const protocolError = (what: string): UpstreamError => new UpstreamError('protocol', what);
