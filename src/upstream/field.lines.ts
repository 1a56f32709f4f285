import { isFieldValue } from './field.value.js';
import { protocolError } from './upstream.error.js';

/** Where a message body ends (RFC 9112 §6.3): after this many bytes, with its last chunk, or when the connection closes. */
export type BodyEnd = number | 'chunked' | 'close';

/** More than any honest answer has; each costs the client's parser, too. */
const MAX_LINES = 2000;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LENGTH = /^[0-9]{1,15}$/;
const TIMEOUT = /(?:^|[ \t,])timeout=([0-9]{1,6})/i;

/**
 * Names are few: one that was a token once is looked up after that. What stands for it is one and the same string, so that
 * those who look it up in turn need not read it again.
 */
const knownNames = new Map<string, string>();
const MAX_KNOWN_NAMES = 1000;
const MAX_KNOWN_LENGTH = 64;

function nameOf(text: string): string {
  const known = knownNames.get(text);
  if (known !== undefined) return known;
  if (!TOKEN.test(text)) throw protocolError('a header name is not a token');
  // A copy: a part of a text keeps all of it.
  const name = Buffer.from(text, 'latin1').toString('latin1');
  if (name.length <= MAX_KNOWN_LENGTH && knownNames.size < MAX_KNOWN_NAMES) knownNames.set(name, name);
  return name;
}

/** A header or trailer section (RFC 9110 §5.5, RFC 9112 §5), and what it says of the message it belongs to. */
export class FieldLines {
  readonly flat: string[] = [];
  closes = false;
  keepAliveMs: number | undefined;
  /** NaN for what is no length, or more than one. */
  private length: number | undefined;
  private coding: string | undefined;

  /** Reads from `at` to the end of `text`. */
  constructor(text: string, at: number) {
    while (at < text.length) {
      const found = text.indexOf('\r\n', at);
      const end = found === -1 ? text.length : found;
      this.line(text, at, end);
      at = end + 2;
    }
  }

  /** RFC 9112 §6.3. Length and coding together are how answers are smuggled. */
  bodyEnd(is11: boolean): BodyEnd {
    if (Number.isNaN(this.length)) throw protocolError('its length is not one number');
    if (this.coding === undefined) return this.length ?? 'close';
    if (!is11 || this.length !== undefined) throw protocolError('its framing contradicts itself');
    if (this.coding.toLowerCase() !== 'chunked') throw protocolError('its transfer coding is not chunked alone');
    return 'chunked';
  }

  private line(text: string, at: number, end: number): void {
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon >= end) throw protocolError('a header line has no colon');
    const name = nameOf(text.slice(at, colon));
    const value = trimmed(text, colon + 1, end);
    if (!isFieldValue(value)) throw protocolError('a header value contains a control character');
    if (this.flat.push(name, value) > 2 * MAX_LINES) throw protocolError('it has too many header lines');
    this.note(name, value);
  }

  /** Judged by its length first: nearly every line is none of these. */
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

/** Without the blanks around it. */
function trimmed(text: string, at: number, end: number): string {
  while (at < end && isBlank(text.charCodeAt(at))) at += 1;
  while (end > at && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(at, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
