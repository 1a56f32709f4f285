import { MAX_GLOB_TEXT } from '../../common/values/glob.js';
import { OPAQUE } from './token.buffer.js';
import type { MemberReader } from './json.scan.js';
import { parsePartHead } from './multipart.head.js';

const MAX_HEAD_BYTES = 4096;
const MAX_VALUE_BYTES = 4 * MAX_GLOB_TEXT;
const CRLF = '\r\n';
const EMPTY = Buffer.alloc(0);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the fields of a `multipart/form-data` body (RFC 7578) as its bytes come, split anywhere, and holds a few
 * kilobytes of them. Strict: no preamble, no epilogue, no boundary but between CRLFs, no head that can be read in two
 * ways. Whatever another reader might see as a part, this one sees too, or refuses.
 */
export class MultipartScan {
  /** Why this is no such body; stays once it is set. */
  fault: string | undefined;
  private step: () => boolean = this.atDelimiter;
  private readonly delimiter: Buffer;
  /** What has come and cannot be judged yet. */
  private rest: Buffer = EMPTY;
  private wanted: string | undefined;
  private value: Buffer = EMPTY;

  constructor(
    boundary: string,
    private readonly reader: MemberReader,
  ) {
    this.delimiter = Buffer.from(`--${boundary}`, 'latin1');
  }

  get heldBytes(): number {
    return this.rest.length + this.value.length;
  }

  push(chunk: Uint8Array): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    while (this.fault === undefined && this.step());
    // A copy, for what is left would keep the whole chunk alive.
    this.rest = this.fault === undefined ? Buffer.from(this.rest) : EMPTY;
  }

  /** The body is over. */
  end(): void {
    const ended = this.step === this.afterEnd && (this.rest.length === 0 || this.rest.toString() === CRLF);
    if (!ended) this.fault ??= 'it is no complete multipart body';
  }

  /** Each step says whether it got further; false waits for more bytes. */
  private atDelimiter(): boolean {
    const { delimiter } = this;
    if (this.rest.length < delimiter.length) return false;
    if (!this.rest.subarray(0, delimiter.length).equals(delimiter))
      return this.refuse('it does not begin with its boundary');
    return this.next(delimiter.length, this.afterDelimiter);
  }

  private afterDelimiter(): boolean {
    if (this.rest.length < 2) return false;
    const mark = this.rest.toString('latin1', 0, 2);
    if (mark === CRLF) return this.next(2, this.inHead);
    return mark === '--' ? this.next(2, this.afterEnd) : this.refuse('its boundary stands within a line');
  }

  private afterEnd(): boolean {
    return this.rest.length > 2 ? this.refuse('something follows its last part') : false;
  }

  private inHead(): boolean {
    const end = this.rest.indexOf('\r\n\r\n');
    if (end > MAX_HEAD_BYTES || (end === -1 && this.rest.length > MAX_HEAD_BYTES + 4))
      return this.refuse('a part has an overlong head');
    if (end === -1) return false;
    const head = parsePartHead(this.rest.toString('latin1', 0, end));
    if (!head) return this.refuse('a part has a head that can be read in two ways');
    this.wanted = this.reader.key(head.name) ? head.name : undefined;
    this.value = EMPTY;
    if (this.wanted !== undefined && !head.isField) this.tell(OPAQUE);
    return this.next(end + 4, this.inContent);
  }

  /** A delimiter belongs to the CRLF before it (RFC 2046 §5.1.1); what may still be the beginning of both is held. */
  private inContent(): boolean {
    const at = this.rest.indexOf(this.delimiter);
    if (at === -1) {
      const sure = this.rest.length - this.delimiter.length - 1;
      if (sure > 0) this.take(sure);
      return false;
    }
    if (at < 2 || this.rest.toString('latin1', at - 2, at) !== CRLF)
      return this.refuse('its boundary stands within a part');
    this.take(at - 2);
    this.endPart();
    return this.next(2 + this.delimiter.length, this.afterDelimiter);
  }

  private take(bytes: number): void {
    if (this.wanted !== undefined) this.value = Buffer.concat([this.value, this.rest.subarray(0, bytes)]);
    if (this.value.length > MAX_VALUE_BYTES) this.tell(OPAQUE);
    this.rest = this.rest.subarray(bytes);
  }

  private endPart(): void {
    if (this.wanted === undefined) return;
    try {
      this.tell(utf8.decode(this.value));
    } catch {
      this.tell(OPAQUE);
    }
  }

  private tell(value: string | typeof OPAQUE): void {
    this.reader.value(this.wanted!, value);
    this.wanted = undefined;
    this.value = EMPTY;
  }

  private next(bytes: number, step: () => boolean): true {
    this.rest = this.rest.subarray(bytes);
    this.step = step;
    return true;
  }

  private refuse(why: string): false {
    this.fault = why;
    return false;
  }
}
