import { type FieldReader, type FieldValue, OPAQUE } from './field.value.js';
import { JsonScalar } from './json.scalar.js';
import { TokenBuffer } from './token.buffer.js';

/** Deeper nesting is refused, because the upstream's parser may have a lower limit. */
const MAX_DEPTH = 256;

/** More top-level members are refused: no request has as many, and each costs a look at its key. */
export const MAX_MEMBERS = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Some encoders write NaN and Infinity. */
const NOT_A_NUMBER = new Set(Buffer.from('NI'));

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

/**
 * Scans one JSON object (RFC 8259) as its bytes arrive, split anywhere, in a few kilobytes of memory whatever its size.
 * Passes its top-level members on, and those of objects that the reader wants to look into, escapes in keys decoded. Strict as `JSON.parse`, because lenient parsers differ in what
 * they read.
 */
export class JsonScanner {
  /** Why the body is not a JSON object. Never reset. */
  problem: string | undefined;
  private step: (byte: number) => void = this.atStart;
  private readonly containers = new Uint8Array(MAX_DEPTH);
  private depth = 0;
  private readonly scalar = new JsonScalar();
  private readonly token = new TokenBuffer();
  /** True within a top-level key or a value that the reader wants. */
  private isRecording = false;
  private isKey = false;
  private isText = false;
  /** The key whose value the reader wants. */
  private wanted: string | undefined;
  private hexRemaining = 0;
  private members = 0;
  /** The reader of the object that a top-level member is, and the name of that member. */
  private inner: { readonly reader: FieldReader; readonly name: string } | undefined;

  constructor(private readonly reader: FieldReader) {}

  push(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length && this.problem === undefined; i += 1) {
      if (this.step === this.inString && !this.isRecording) i = plainUntil(chunk, i);
      if (i < chunk.length) this.step(chunk[i]!);
    }
  }

  /** To be called at the end of the body. */
  end(): void {
    if (this.step !== this.atEnd) this.problem ??= this.step === this.atStart ? 'it is empty' : 'it ends early';
  }

  private invalid(): void {
    this.problem ??= 'it is not valid JSON';
  }

  private atStart(byte: number): void {
    if (isSpace(byte)) return;
    if (byte === OPEN_OBJECT) this.open(byte);
    else this.problem = byte === 0xef ? 'it begins with a byte order mark; send it without' : 'it is not a JSON object';
  }

  private atEnd(byte: number): void {
    if (!isSpace(byte)) this.invalid();
  }

  private open(kind: number): void {
    if (this.depth === MAX_DEPTH) {
      this.problem = `it is nested deeper than ${MAX_DEPTH} levels`;
      return;
    }
    this.containers[this.depth] = kind;
    this.depth += 1;
    this.step = kind === OPEN_OBJECT ? this.atFirstKey : this.atFirstElement;
  }

  private close(): void {
    this.depth -= 1;
    this.step = this.depth === 0 ? this.atEnd : this.afterValue;
    if (this.depth === 1 && this.inner) this.leave(this.inner.name);
  }

  private atFirstKey(byte: number): void {
    if (byte === CLOSE_OBJECT) this.close();
    else this.atKey(byte);
  }

  private atFirstElement(byte: number): void {
    if (byte === CLOSE_ARRAY) this.close();
    else this.atValue(byte);
  }

  private atKey(byte: number): void {
    if (isSpace(byte)) return;
    if (byte !== QUOTE) return this.invalid();
    this.isKey = true;
    const isRead = this.current !== undefined;
    if (isRead && (this.members += 1) > MAX_MEMBERS) {
      this.problem = `it has more than ${MAX_MEMBERS} members`;
      return;
    }
    this.record(isRead);
    this.step = this.inString;
  }

  private afterKey(byte: number): void {
    if (byte === 0x3a) this.step = this.atValue;
    else if (!isSpace(byte)) this.invalid();
  }

  private atValue(byte: number): void {
    if (isSpace(byte)) return;
    this.isKey = false;
    this.isText = byte === QUOTE;
    this.record(this.wanted !== undefined && this.current !== undefined);
    if (this.isText) this.step = this.inString;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.container(byte);
    else if (this.scalar.begin(byte)) this.advance(byte, this.inScalar);
    else if (NOT_A_NUMBER.has(byte)) this.problem = 'it is not valid JSON, which has neither NaN nor Infinity';
    else this.invalid();
  }

  private afterValue(byte: number): void {
    if (isSpace(byte)) return;
    const inObject = this.containers[this.depth - 1] === OPEN_OBJECT;
    if (byte === 0x2c) this.step = inObject ? this.atKey : this.atValue;
    else if (byte === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) this.close();
    else this.invalid();
  }

  private container(byte: number): void {
    if (this.isRecording) this.enter(byte);
    this.open(byte);
  }

  private enter(kind: number): void {
    const name = this.wanted!;
    const reader = this.depth === 1 && kind === OPEN_OBJECT ? this.reader.members?.(name) : undefined;
    if (!reader) return this.emit(OPAQUE);
    this.isRecording = false;
    this.wanted = undefined;
    this.inner = { reader, name };
  }

  private leave(name: string): void {
    this.inner = undefined;
    this.reader.value(name, OPAQUE);
  }

  /** The reader of the members at this depth. */
  private get current(): FieldReader | undefined {
    if (this.depth === 1) return this.reader;
    return this.depth === 2 ? this.inner?.reader : undefined;
  }

  private advance(byte: number, step: (byte: number) => void): void {
    this.add(byte);
    this.step = step;
  }

  private inScalar(byte: number): void {
    if (this.scalar.accept(byte)) return this.add(byte);
    if (!this.scalar.isComplete) return this.invalid();
    this.endValue();
    this.step(byte);
  }

  private inString(byte: number): void {
    if (byte === QUOTE) return this.isKey ? this.endKey() : this.endValue();
    if (byte < 0x20) return this.invalid();
    this.add(byte);
    if (byte === BACKSLASH) this.step = this.inEscape;
  }

  private inEscape(byte: number): void {
    if (byte !== 0x75 && !ESCAPES.has(byte)) return this.invalid();
    this.hexRemaining = 4;
    this.advance(byte, byte === 0x75 ? this.inHex : this.inString);
  }

  private inHex(byte: number): void {
    if (!isHex(byte)) return this.invalid();
    this.hexRemaining -= 1;
    this.advance(byte, this.hexRemaining === 0 ? this.inString : this.inHex);
  }

  private endKey(): void {
    this.step = this.afterKey;
    if (!this.isRecording) return;
    const name = this.token.decoded(true);
    if (name === undefined) return this.invalid();
    this.wanted = this.current!.key(String(name)) ? String(name) : undefined;
  }

  private endValue(): void {
    this.step = this.afterValue;
    if (!this.isRecording) return;
    const value = this.token.decoded(this.isText);
    if (value === undefined) this.invalid();
    else this.emit(value);
  }

  private record(isRecording: boolean): void {
    this.isRecording = isRecording;
    if (isRecording) this.token.clear();
  }

  private add(byte: number): void {
    if (!this.isRecording || this.token.add(byte)) return;
    if (this.isKey) this.problem = 'it has a key that is too long';
    else this.emit(OPAQUE);
  }

  private emit(value: FieldValue): void {
    this.isRecording = false;
    this.current!.value(this.wanted!, value);
    this.wanted = undefined;
  }
}

/** The first index from `i` on with a quote, a backslash or a control character. */
function plainUntil(chunk: Uint8Array, i: number): number {
  while (i < chunk.length && chunk[i]! >= 0x20 && chunk[i] !== QUOTE && chunk[i] !== BACKSLASH) i += 1;
  return i;
}
