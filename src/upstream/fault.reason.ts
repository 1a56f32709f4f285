import type { UpstreamError } from './upstream.error.js';

const NOT_TRUSTED = 'its certificate is not trusted';
const NOT_RESOLVED = 'its name cannot be resolved';
const NO_ROUTE = 'there is no route to it';
const BROKEN = 'the connection was closed before it was ready';

/** Codes of Node, libuv and OpenSSL, and ours. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: NOT_RESOLVED,
  EAI_AGAIN: NOT_RESOLVED,
  EAI_FAIL: NOT_RESOLVED,
  EAI_NODATA: NOT_RESOLVED,
  EAI_NONAME: NOT_RESOLVED,
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: BROKEN,
  ECONNABORTED: BROKEN,
  EPIPE: BROKEN,
  ETIMEDOUT: 'it does not respond',
  ENETUNREACH: NO_ROUTE,
  EHOSTUNREACH: NO_ROUTE,
  ENETDOWN: NO_ROUTE,
  EHOSTDOWN: NO_ROUTE,
  EADDRNOTAVAIL: NO_ROUTE,
  EAFNOSUPPORT: NO_ROUTE,
  EACCES: 'this machine does not permit the connection',
  EPERM: 'this machine does not permit the connection',
  EMFILE: 'this server has reached its limit of open files',
  ENFILE: 'this machine has reached its limit of open files',
  EPRIVATE: 'its address is private and not allowed',
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  PROXY_STATUS_407: 'the forward proxy does not accept the credentials',
  PROXY_CLOSED: 'the forward proxy closed the connection',
  PROXY_PROTOCOL: 'the forward proxy sent an invalid response',
};

/** Of OpenSSL's verification, as Node names them. */
const CERTIFICATE =
  /^(?:CERT_|CRL_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERROR_IN_CERT)/;
const TLS = /^(?:ERR_SSL_|ERR_TLS_|EPROTO)/;
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/** The cause of a fault as one word for the log: the code of the error below it, or its kind. */
export function causeOf({ cause, kind }: UpstreamError): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return typeof code === 'string' && CODE.test(code) ? code : kind.toUpperCase();
}

/** Why a connection could not be made, in words without addresses; undefined when there are none for it. */
export function unreachableReason(fault: UpstreamError): string | undefined {
  const code = causeOf(fault);
  const reason = reasonOf(code);
  if (!fault.isOfProxy || code.startsWith('PROXY_')) return reason;
  return reason === undefined
    ? 'the forward proxy cannot be reached'
    : `the forward proxy cannot be reached: ${reason}`;
}

function reasonOf(code: string): string | undefined {
  if (Object.hasOwn(REASONS, code)) return REASONS[code];
  if (CERTIFICATE.test(code)) return NOT_TRUSTED;
  if (TLS.test(code)) return 'the TLS handshake failed';
  return code.startsWith('PROXY_STATUS_') ? 'the forward proxy refused the connection' : undefined;
}
