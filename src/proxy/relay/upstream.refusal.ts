import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { UpstreamError } from '../../upstream/upstream.error.js';

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
      return errors.upstreamUnreachable(fault);
    case 'reset':
      return errors.upstreamReset(fault);
    case 'protocol':
      return errors.upstreamProtocol(fault);
    default:
      return fault.kind satisfies never;
  }
}
