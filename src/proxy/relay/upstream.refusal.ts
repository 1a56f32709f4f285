import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { unreachableReason } from '../../upstream/fault.reason.js';
import type { UpstreamError } from '../../upstream/upstream.error.js';

/** What a failure at the upstream means to the client. */
export function upstreamRefusal(fault: UpstreamError): ApiError {
  switch (fault.kind) {
    case 'invalid_request':
      return errors.headerInvalid('one of them cannot be forwarded');
    case 'truncated_request':
      return errors.bodyTruncated();
    case 'overloaded':
      return errors.overloaded();
    case 'connect_timeout':
      return errors.upstreamTimeout(fault);
    case 'unreachable':
      return errors.upstreamUnreachable(fault, unreachableReason(fault));
    case 'reset':
      return errors.upstreamReset(fault);
    case 'protocol':
      return errors.upstreamProtocol(fault);
    default:
      return fault.kind satisfies never;
  }
}

/** `host:port` of an upstream, for the log. */
export function upstreamAddress(origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
