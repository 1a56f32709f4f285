import { isFieldValue } from './field.value.js';
import { UpstreamError } from './upstream.error.js';

/** A request as it is written (RFC 9112 §3). Only the framing is added to it. */
export interface UpstreamRequest {
  readonly method: string;
  /** In origin form, already checked. */
  readonly target: string;
  readonly host: string;
  /**
   * Name, value, name, value. Contains Content-Length if the body has a known length; does not contain Host and hop-by-hop
   * headers.
   */
  readonly headers: readonly string[];
  /** Length of the body in bytes; undefined for a chunked body. */
  readonly length: number | undefined;
  /** True for a request that is counted exactly: it is never sent a second time, whatever its method. */
  readonly isCounted?: boolean;
}

const NOT_A_TARGET = /[^\x21-\x7e]/;

/**
 * The request head as Latin-1 text. Throws an UpstreamError for a target or a value that could break out of its line.
 * Header names are not checked: the server's parser accepts only tokens.
 */
export function requestHead({ method, target, host, headers, length }: UpstreamRequest): string {
  if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0))
    throw new UpstreamError('invalid_request', 'the length is not a number of bytes');
  if (NOT_A_TARGET.test(target))
    throw new UpstreamError('invalid_request', 'the request target contains a character that cannot be sent');
  let text = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1]!;
    if (!isFieldValue(value))
      throw new UpstreamError('invalid_request', 'a header value contains a character that cannot be sent');
    text += `${headers[i]!}: ${value}\r\n`;
  }
  return length === undefined ? `${text}Transfer-Encoding: chunked\r\n\r\n` : `${text}\r\n`;
}
