import { isFieldValue } from './field.value.js';
import { protocolError } from './upstream.error.js';

/** Where a message body ends (RFC 9112 §6.3): after this many bytes, with its last chunk, or when the connection closes. */
export type BodyEnd = number | 'chunked' | 'close';

/** Far more header lines than any real response has. */
const MAX_LINES = 2000;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LENGTH = /^[0-9]{1,15}$/;
const TIMEOUT = /(?:^|[ \t,])timeout=([0-9]{1,6})/i;

/**
 * Header names that are known to be tokens, each as one string that all responses share. A lookup is faster than the
 * regular expression, and later lookups by the same string need not hash it again.
 */
const knownNames = new Map<string, string>();
const MAX_KNOWN_NAMES = 1000;
const MAX_KNOWN_LENGTH = 64;

function nameOf(text: string): string {
  const known = knownNames.get(text);
  if (known !== undefined) return known;
  if (!TOKEN.test(text)) throw protocolError('a header name is not a token');
  // A copy, because a slice would keep the whole header section in memory.
  const name = Buffer.from(text, 'latin1').toString('latin1');
  if (name.length <= MAX_KNOWN_LENGTH && knownNames.size < MAX_KNOWN_NAMES) knownNames.set(name, name);
  return name;
}

/** A header or trailer section (RFC 9110 §5.5, RFC 9112 §5) and the framing of the message it belongs to. */
export class FieldLines {
  /** Name, value, name, value. */
  readonly flat: string[] = [];
  /** True for `Connection: close`. */
  closes = false;
  /** `timeout` of `Keep-Alive`. */
  keepAliveMs: number | undefined;
  /** NaN for a Content-Length that is invalid or repeated. */
  private length: number | undefined;
  private coding: string | undefined;

  /** Reads `text` from `at` to its end. */
  constructor(text: string, at: number) {
    while (at < text.length) {
      const found = text.indexOf('\r\n', at);
      const end = found === -1 ? text.length : found;
      this.line(text, at, end);
      at = end + 2;
    }
  }

  /** RFC 9112 §6.3. A response with both a length and a transfer coding is refused: it could smuggle a second response. */
  bodyEnd(is11: boolean): BodyEnd {
    if (Number.isNaN(this.length)) throw protocolError('Content-Length is not a single number');
    if (this.coding === undefined) return this.length ?? 'close';
    if (!is11 || this.length !== undefined)
      throw protocolError('Transfer-Encoding is not allowed beside Content-Length or in HTTP/1.0');
    if (this.coding.toLowerCase() !== 'chunked') throw protocolError('Transfer-Encoding is not chunked');
    return 'chunked';
  }

  private line(text: string, at: number, end: number): void {
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon >= end) throw protocolError('a header line has no colon');
    const name = nameOf(text.slice(at, colon));
    const value = trimmed(text, colon + 1, end);
    if (!isFieldValue(value)) throw protocolError('a header value contains a control character');
    if (this.flat.push(name, value) > 2 * MAX_LINES) throw protocolError('the response has too many header lines');
    this.note(name, value);
  }

  /** Compares the length of the name first, because nearly every line is none of these. */
  private note(name: string, value: string): void {
    if (name.length === 10) this.noteConnection(name.toLowerCase(), value);
    else if (name.length === 14 && name.toLowerCase() === 'content-length')
      this.length = this.length === undefined && LENGTH.test(value) ? Number(value) : Number.NaN;
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding')
      this.coding = this.coding === undefined ? value : `${this.coding}, ${value}`;
  }

  private noteConnection(name: string, value: string): void {
    if (name === 'connection') this.closes ||= /(?:^|[ \t,])close(?:$|[ \t,])/i.test(value);
    else if (name === 'keep-alive') {
      const seconds = TIMEOUT.exec(value)?.[1];
      if (seconds !== undefined) this.keepAliveMs = Number(seconds) * 1000;
    }
  }
}

/** `text` from `at` to `end` without spaces and tabs around it. */
function trimmed(text: string, at: number, end: number): string {
  while (at < end && isBlank(text.charCodeAt(at))) at += 1;
  while (end > at && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(at, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
