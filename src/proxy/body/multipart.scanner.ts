import { MAX_GLOB_TEXT } from '../../common/values/glob.js';
import { type FieldReader, OPAQUE, strictUtf8 } from './field.value.js';
import { parsePartHead } from './multipart.head.js';

const MAX_HEAD_BYTES = 4096;
const MAX_VALUE_BYTES = 4 * MAX_GLOB_TEXT;
/** More parts are refused: no request has as many, and each costs a look at its head. */
export const MAX_PARTS = 1000;
const CRLF = '\r\n';
const EMPTY = Buffer.alloc(0);

/**
 * Scans the fields of a `multipart/form-data` body (RFC 7578) as its bytes arrive, split anywhere, and buffers a few
 * kilobytes. Strict: no preamble, no epilogue, boundaries only between CRLFs, no head that can be read in two ways. A part
 * that another parser could see is seen or refused.
 */
export class MultipartScanner {
  /** Why the body is not valid form data. Never reset. */
  problem: string | undefined;
  private step: () => boolean = this.atDelimiter;
  private readonly delimiter: Buffer;
  /** Bytes that are received and not scanned yet. */
  private pending: Buffer = EMPTY;
  /** The field whose value the reader wants. */
  private wanted: string | undefined;
  private value: Buffer = EMPTY;
  private parts = 0;

  constructor(
    boundary: string,
    private readonly reader: FieldReader,
  ) {
    this.delimiter = Buffer.from(`--${boundary}`, 'latin1');
  }

  get bufferedBytes(): number {
    return this.pending.length + this.value.length;
  }

  push(chunk: Uint8Array): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    while (this.problem === undefined && this.step());
    // A copy, because a slice would keep the whole chunk in memory.
    this.pending = this.problem === undefined ? Buffer.from(this.pending) : EMPTY;
  }

  /** To be called at the end of the body. */
  end(): void {
    const ended = this.step === this.afterEnd && (this.pending.length === 0 || this.pending.toString() === CRLF);
    if (!ended) this.problem ??= 'it is not a complete multipart body';
  }

  /** A step returns true when it made progress and false when it needs more bytes. */
  private atDelimiter(): boolean {
    const { delimiter } = this;
    if (this.pending.length < delimiter.length) return false;
    if (!this.pending.subarray(0, delimiter.length).equals(delimiter))
      return this.refuse('it does not begin with its boundary');
    return this.next(delimiter.length, this.afterDelimiter);
  }

  private afterDelimiter(): boolean {
    if (this.pending.length < 2) return false;
    const mark = this.pending.toString('latin1', 0, 2);
    if (mark === CRLF) return this.next(2, this.inHead);
    return mark === '--'
      ? this.next(2, this.afterEnd)
      : this.refuse('other text follows its boundary on the same line');
  }

  private afterEnd(): boolean {
    return this.pending.length > 2 ? this.refuse('other data follows its last part') : false;
  }

  private inHead(): boolean {
    const end = this.pending.indexOf('\r\n\r\n');
    if (end > MAX_HEAD_BYTES || (end === -1 && this.pending.length > MAX_HEAD_BYTES + 4))
      return this.refuse('the head of a part is too large');
    if (end === -1) return false;
    this.parts += 1;
    if (this.parts > MAX_PARTS) return this.refuse(`it has more than ${MAX_PARTS} parts`);
    const head = parsePartHead(this.pending.toString('latin1', 0, end));
    if (!head) return this.refuse('the head of a part can be read in two ways');
    this.wanted = this.reader.key(head.name) ? head.name : undefined;
    this.value = EMPTY;
    if (this.wanted !== undefined && !head.isField) this.emit(OPAQUE);
    return this.next(end + 4, this.inContent);
  }

  /** The CRLF before a delimiter belongs to it (RFC 2046 §5.1.1), so bytes that could begin both stay pending. */
  private inContent(): boolean {
    const at = this.pending.indexOf(this.delimiter);
    if (at === -1) {
      const safe = this.pending.length - this.delimiter.length - 1;
      if (safe > 0) this.consume(safe);
      return false;
    }
    if (at < 2 || this.pending.toString('latin1', at - 2, at) !== CRLF)
      return this.refuse('its boundary appears within a part');
    this.consume(at - 2);
    this.endPart();
    return this.next(2 + this.delimiter.length, this.afterDelimiter);
  }

  private consume(bytes: number): void {
    if (this.wanted !== undefined) this.value = Buffer.concat([this.value, this.pending.subarray(0, bytes)]);
    if (this.value.length > MAX_VALUE_BYTES) this.emit(OPAQUE);
    this.pending = this.pending.subarray(bytes);
  }

  private endPart(): void {
    if (this.wanted === undefined) return;
    try {
      this.emit(strictUtf8.decode(this.value));
    } catch {
      this.emit(OPAQUE);
    }
  }

  private emit(value: string | typeof OPAQUE): void {
    this.reader.value(this.wanted!, value);
    this.wanted = undefined;
    this.value = EMPTY;
  }

  private next(bytes: number, step: () => boolean): true {
    this.pending = this.pending.subarray(bytes);
    this.step = step;
    return true;
  }

  private refuse(problem: string): false {
    this.problem = problem;
    return false;
  }
}
