import { CliError, EXIT_CODE } from './cli.error.js';

/** The words for a code of Node, and what to do. */
type Cause = readonly [words: string, hint: string | undefined];

const TRUST = 'Set NODE_EXTRA_CA_CERTS to a file with the certificate of its authority.';
const PLAIN = 'Use http:// in place of https://, or the address of the TLS proxy in front of the server.';
const SECURE = 'If the server expects TLS, use https:// in place of http://.';
const NOT_RUNNING = undefined;

const CAUSES: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: ['the connection is refused', NOT_RUNNING],
  ENOTFOUND: ['the host name is unknown', NOT_RUNNING],
  EAI_AGAIN: ['the host name cannot be resolved now', NOT_RUNNING],
  EHOSTUNREACH: ['there is no route to the host', NOT_RUNNING],
  ENETUNREACH: ['there is no route to the network', NOT_RUNNING],
  ETIMEDOUT: ['the connection is not accepted in time', NOT_RUNNING],
  UND_ERR_CONNECT_TIMEOUT: ['the connection is not accepted in time', NOT_RUNNING],
  ECONNRESET: ['the connection is closed without a response', SECURE],
  UND_ERR_SOCKET: ['the connection is closed without a response', SECURE],
  HPE_INVALID_CONSTANT: ['the response is not HTTP', SECURE],
  ERR_SSL_WRONG_VERSION_NUMBER: ['the server does not speak TLS there', PLAIN],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['the server does not speak TLS there', PLAIN],
  ERR_SSL_HTTP_REQUEST: ['the server does not speak TLS there', PLAIN],
  EPROTO: ['the TLS handshake fails', PLAIN],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is self-signed', TRUST],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is from an unknown authority', TRUST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate is from an unknown authority', TRUST],
  UNABLE_TO_GET_ISSUER_CERT: ['its certificate is from an unknown authority', TRUST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its certificate is from an unknown authority', TRUST],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Renew the certificate, or correct the clock of this machine.'],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', 'Correct the clock of this machine.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another host name',
    'Use the host name that the certificate names.',
  ],
};

/** Why `fetch` failed, in words. Never the text of the cause, which may quote headers. */
export function causeOf(error: unknown, timeoutMs: number): Cause {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return [`no response within ${timeoutMs / 1000} s`, NOT_RUNNING];
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === undefined) return ['the connection failed', NOT_RUNNING];
  const known = CAUSES[code];
  return known ? [`${known[0]} (${code})`, known[1]] : [code, NOT_RUNNING];
}

/** No response arrived from the server at `origin`; `source` says where that address comes from. */
export function unreachableError(origin: string, source: string, error: unknown, timeoutMs: number): CliError {
  const [words, advice] = causeOf(error, timeoutMs);
  const hint = advice ?? 'Is the server running there? --manage-api-base-url <url> names another address.';
  return new CliError(
    EXIT_CODE.unreachable,
    'unreachable',
    `${origin} cannot be reached: ${words}`,
    `The address is from ${source}. ${hint}`,
  );
}
