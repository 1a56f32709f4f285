import { isFieldValue } from './field.value.js';
import { UpstreamError } from './upstream.error.js';

/** A request as it is written (RFC 9112 §3). The target is origin form, and was judged before; nothing is added but what frames it. */
export interface UpstreamRequest {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  /** Flat: name, value, name, value; with Content-Length where the body has one, without Host and hop-by-hop fields. */
  readonly headers: readonly string[];
  /** Of the body; undefined when it comes in chunks. */
  readonly length: number | undefined;
}

const NOT_A_TARGET = /[^\x21-\x7e]/;

/** Throws an UpstreamFault for what cannot stand in a head. Names are tokens: a parser has let them through. */
export function requestHead({ method, target, host, headers, length }: UpstreamRequest): string {
  if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0))
    throw new UpstreamError('invalid_request', 'the length is not a number of bytes');
  if (NOT_A_TARGET.test(target)) throw new UpstreamError('invalid_request', 'the target cannot be sent');
  let text = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1]!;
    if (!isFieldValue(value)) throw new UpstreamError('invalid_request', 'a header value cannot be sent');
    text += `${headers[i]!}: ${value}\r\n`;
  }
  return length === undefined ? `${text}Transfer-Encoding: chunked\r\n\r\n` : `${text}\r\n`;
}
