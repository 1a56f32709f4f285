/**
 * Why there is no (whole) answer: no connection could be made, or not in time; the connection broke; what came over it is
 * not HTTP/1.1 that could be passed on; the request's own body ended early, or a header of it cannot be sent.
 */
export type FaultKind =
  | 'unreachable'
  | 'connect_timeout'
  | 'reset'
  | 'protocol'
  | 'truncated_request'
  | 'invalid_request';

/** What goes wrong between us and an upstream. */
export class UpstreamFault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = UpstreamFault.name;
  }
}

export const protocolFault = (what: string): UpstreamFault => new UpstreamFault('protocol', what);
