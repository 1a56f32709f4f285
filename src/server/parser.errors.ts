import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';

/** An error of Node's parser has the bytes that it could not read. */
type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer };

/** The first bytes of other protocols, and what an operator has to change. */
const OTHER_PROTOCOLS: readonly (readonly [start: RegExp, reason: string])[] = [
  // A record of the handshake, in any version (RFC 8446 §5.1).
  // oxlint-disable-next-line no-control-regex
  [/^\x16\x03[\x00-\x04]/, 'TLS was spoken to a plain HTTP port'],
  [/^PRI \* HTTP\/2/, 'HTTP/2 was spoken to an HTTP/1.1 port'],
  [/^PROXY |^\r\n\r\n\0\r\nQUIT\n/, 'the PROXY protocol was spoken to a plain HTTP port'],
];

/** Why the bytes are refused, for the log: what was spoken instead of HTTP, or the code of the parser's error. */
export function reasonOf({ code, rawPacket }: ParserError): string | undefined {
  const start = rawPacket?.toString('latin1', 0, 16) ?? '';
  return OTHER_PROTOCOLS.find(([pattern]) => pattern.test(start))?.[1] ?? code;
}

/** What an error of Node's HTTP parser means to the client, by its code. */
export function parserRefusal({ code }: NodeJS.ErrnoException): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return errors.headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return errors.requestTimeout();
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return errors.requestInvalid('its chunk extensions are too large');
  return code === 'HPE_INVALID_EOF_STATE' ? errors.bodyTruncated() : errors.requestInvalid('it is not HTTP/1.1');
}
