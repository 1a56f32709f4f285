import type { ApiError } from '../common/api.error.js';
import { errors } from '../common/errors.js';

const CONNECTION_LOST = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);
const OUR_REQUEST = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** A pooled connection that had died at rest: said when it was to be used, and not a failure to connect. */
export function diedBeforeUse({ code, syscall }: Error & { code?: string; syscall?: string }): boolean {
  return code === 'UND_ERR_SOCKET' || syscall === 'read' || syscall === 'write';
}

/** What a failure below means to the client. `sent` is true from the first byte written to the upstream. */
export function upstreamFailure(error: Error & { code?: string }, sent: boolean): ApiError {
  const code = error.code ?? '';
  if (OUR_REQUEST.has(code)) return errors.headerInvalid('one of them cannot be forwarded');
  if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') return errors.bodyTruncated();
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return errors.upstreamTimeout(error);
  if (!sent) return errors.upstreamUnreachable(error);
  return CONNECTION_LOST.has(code) && !/^bad (?:response|upgrade)$/.test(error.message)
    ? errors.upstreamReset(error)
    : errors.upstreamProtocol(error);
}
