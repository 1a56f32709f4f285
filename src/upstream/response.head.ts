import { type BodyEnd, FieldLines } from './field.lines.js';
import { protocolError } from './upstream.error.js';

/** Status line and header section of a response. Text is Latin-1: one character per byte. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value, as the upstream wrote them. */
  readonly headers: string[];
  readonly bodyEnd: BodyEnd;
  /** Whether the connection may serve another request. */
  readonly keepAlive: boolean;
  /** How long the upstream says it waits for another request. */
  readonly keepAliveMs: number | undefined;
}

// oxlint-disable-next-line no-control-regex
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: ([^\x00-\x08\x0a-\x1f\x7f]*))?$/;

/**
 * Parses a head without the empty line that ends it. Strict: syntax that RFC 9112 lets a recipient repair (bare line
 * feeds, folded lines, spaces before a colon, repeated lengths) is refused, because the client could repair it in another
 * way.
 */
export function parseHead(text: string, isHead: boolean): ResponseHead {
  const lineEnd = text.indexOf('\r\n');
  const [, minor, code, reason = ''] = STATUS_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd)) ?? [];
  if (code === undefined) throw protocolError('the status line is not HTTP/1.1');
  const status = Number(code);
  const lines = new FieldLines(text, lineEnd === -1 ? text.length : lineEnd + 2);
  const is11 = minor === '1';
  const bodyEnd = lines.bodyEnd(is11);
  const announcesBody = bodyEnd !== 'close' && bodyEnd !== 0;
  // Forbidden by RFC 9110 §8.6 and RFC 9112 §6.1: bytes of such a body would be read as the next response.
  if (status < 200 && (announcesBody || lines.closes))
    throw protocolError('an informational response announces a body or closes the connection');
  const hasNoBody = isHead || status < 200 || status === 204 || status === 304;
  return {
    status,
    reason,
    headers: lines.flat,
    bodyEnd: hasNoBody ? 0 : bodyEnd,
    keepAlive: is11 && !lines.closes && (bodyEnd !== 'close' || hasNoBody) && !(status === 204 && announcesBody),
    keepAliveMs: lines.keepAliveMs,
  };
}
