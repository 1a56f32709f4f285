import { type FieldValue, TokenBuffer, OPAQUE } from './token.buffer.js';
import { JsonScalar } from './json.scalar.js';

/** Is told the top-level keys of a JSON object as its bytes pass. */
export interface MemberReader {
  /** A key, escapes decoded. True to be told its value. */
  key(name: string): boolean;
  value(name: string, value: FieldValue): void;
}

/** Deeper ones are refused: a parser behind us may have no more. */
const MAX_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

/**
 * Reads one JSON object (RFC 8259) as its bytes come, split anywhere, in constant memory: a few kilobytes however
 * large it is. Strict, as `JSON.parse` is: what one parser forgives and another does not would be two meanings.
 */
export class JsonScan {
  /** Why this is no JSON object; stays once it is set. */
  fault: string | undefined;
  private step: (byte: number) => void = this.atStart;
  private readonly containers = new Uint8Array(MAX_DEPTH);
  private depth = 0;
  private readonly scalar = new JsonScalar();
  private readonly kept = new TokenBuffer();
  /** Whether the token that passes is a top-level key, or a value that was asked for. */
  private keeping = false;
  private isKey = false;
  private isText = false;
  private wanted: string | undefined;
  private hexLeft = 0;

  constructor(private readonly reader: MemberReader) {}

  push(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length && this.fault === undefined; i += 1) {
      if (this.step === this.inString && !this.keeping) i = plainUntil(chunk, i);
      if (i < chunk.length) this.step(chunk[i]!);
    }
  }

  /** The body is over. */
  end(): void {
    if (this.step !== this.atEnd) this.fault ??= this.step === this.atStart ? 'it is empty' : 'it ends early';
  }

  private invalid(): void {
    this.fault ??= 'it is not valid JSON';
  }

  private atStart(byte: number): void {
    if (isSpace(byte)) return;
    if (byte === OPEN_OBJECT) this.open(byte);
    else this.fault = 'it is not a JSON object';
  }

  private atEnd(byte: number): void {
    if (!isSpace(byte)) this.invalid();
  }

  private open(kind: number): void {
    if (this.depth === MAX_DEPTH) {
      this.fault = `it is nested deeper than ${MAX_DEPTH}`;
      return;
    }
    this.containers[this.depth] = kind;
    this.depth += 1;
    this.step = kind === OPEN_OBJECT ? this.atFirstKey : this.atFirstElement;
  }

  private close(): void {
    this.depth -= 1;
    this.step = this.depth === 0 ? this.atEnd : this.afterValue;
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
    this.keep(this.depth === 1);
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
    this.keep(this.depth === 1 && this.wanted !== undefined);
    if (this.isText) this.step = this.inString;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.container(byte);
    else if (this.scalar.begin(byte)) this.goOn(byte, this.inScalar);
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
    if (this.keeping) this.tell(OPAQUE);
    this.open(byte);
  }

  private goOn(byte: number, step: (byte: number) => void): void {
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
    this.hexLeft = 4;
    this.goOn(byte, byte === 0x75 ? this.inHex : this.inString);
  }

  private inHex(byte: number): void {
    if (!isHex(byte)) return this.invalid();
    this.hexLeft -= 1;
    this.goOn(byte, this.hexLeft === 0 ? this.inString : this.inHex);
  }

  private endKey(): void {
    this.step = this.afterKey;
    if (!this.keeping) return;
    const name = this.kept.decoded(true);
    if (name === undefined) return this.invalid();
    this.wanted = this.reader.key(String(name)) ? String(name) : undefined;
  }

  private endValue(): void {
    this.step = this.afterValue;
    if (!this.keeping) return;
    const value = this.kept.decoded(this.isText);
    if (value === undefined) this.invalid();
    else this.tell(value);
  }

  private keep(keeping: boolean): void {
    this.keeping = keeping;
    if (keeping) this.kept.clear();
  }

  private add(byte: number): void {
    if (!this.keeping || this.kept.add(byte)) return;
    if (this.isKey) this.fault = 'it has an overlong key';
    else this.tell(OPAQUE);
  }

  private tell(value: FieldValue): void {
    this.keeping = false;
    this.reader.value(this.wanted!, value);
    this.wanted = undefined;
  }
}

/** The first index from `i` on that is not an ordinary byte within a string. */
function plainUntil(chunk: Uint8Array, i: number): number {
  while (i < chunk.length && chunk[i]! >= 0x20 && chunk[i] !== QUOTE && chunk[i] !== BACKSLASH) i += 1;
  return i;
}
