/** Why there is no complete response. */
export type UpstreamErrorKind =
  /** No connection could be made. */
  | 'unreachable'
  /** No connection was made in time. */
  | 'connect_timeout'
  /** The pool has its greatest number of connections, and none became free in time. */
  | 'overloaded'
  /** The connection broke. */
  | 'reset'
  /** The response is not valid HTTP/1.1. */
  | 'protocol'
  /** The request body does not have its announced length, or ended early. */
  | 'truncated_request'
  /** The request head cannot be written. */
  | 'invalid_request';

/** An error between the proxy and an upstream. */
export class UpstreamError extends Error {
  constructor(
    readonly kind: UpstreamErrorKind,
    message: string,
    cause?: unknown,
    /** The forward proxy failed, before it opened a tunnel to the upstream. */
    readonly isOfProxy = false,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = UpstreamError.name;
  }
}

export const protocolError = (message: string): UpstreamError => new UpstreamError('protocol', message);
