import { type BodyEnd, FieldLines } from './field.lines.js';
import { protocolError } from './upstream.error.js';

/** Status line and header section of an answer. Text is Latin-1: a character a byte. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Flat: name, value, name, value, as they were written. */
  readonly headers: string[];
  readonly bodyEnd: BodyEnd;
  /** Whether the connection may serve another request, and for how long it says it will wait for one. */
  readonly keepAlive: boolean;
  readonly keepAliveMs: number | undefined;
}

// oxlint-disable-next-line no-control-regex
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: ([^\x00-\x08\x0a-\x1f\x7f]*))?$/;

/**
 * Reads a head without the empty line that ends it. Strict: what RFC 9112 lets a recipient repair (bare line feeds, folded
 * lines, blanks before a colon, repeated lengths) is refused, since whoever comes after us may repair it in another way.
 */
export function parseHead(text: string, isHead: boolean): ResponseHead {
  const lineEnd = text.indexOf('\r\n');
  const [, minor, code, reason = ''] = STATUS_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd)) ?? [];
  if (code === undefined) throw protocolError('the status line is not HTTP/1.1');
  const status = Number(code);
  const lines = new FieldLines(text, lineEnd === -1 ? text.length : lineEnd + 2);
  const is11 = minor === '1';
  const bodyEnd = lines.bodyEnd(is11);
  const saysBody = bodyEnd !== 'close' && bodyEnd !== 0;
  // It must not (RFC 9110 §8.6, RFC 9112 §6.1): whoever says it may also send it, and it would be read as the next answer.
  if (status < 200 && (saysBody || lines.closes))
    throw protocolError('an interim answer says what only the last may say');
  const hasNone = isHead || status < 200 || status === 204 || status === 304;
  return {
    status,
    reason,
    headers: lines.flat,
    bodyEnd: hasNone ? 0 : bodyEnd,
    keepAlive: is11 && !lines.closes && (bodyEnd !== 'close' || hasNone) && !(status === 204 && saysBody),
    keepAliveMs: lines.keepAliveMs,
  };
}
