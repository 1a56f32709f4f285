import { protocolError } from './upstream.error.js';

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SEMICOLON = 0x3b;
/** Hexadecimal digits of a chunk size: up to 2^48 bytes. */
const MAX_DIGITS = 12;
/** Chunk extensions are not passed on, so no server needs more than this for one chunk. */
const MAX_EXTENSION_BYTES = 64 * 1024;

enum State {
  Size,
  Extension,
  SizeLineFeed,
  Data,
  DataReturn,
  DataLineFeed,
  End,
}

/** Decodes the chunked coding (RFC 9112 §7.1) up to the line of the last chunk; the trailer section is not part of it. */
export class ChunkDecoder {
  private state = State.Size;
  private digits = 0;
  /** Bytes of the current chunk's data that are not read yet. */
  private remaining = 0;
  private extensionBytes = 0;

  /** True once the line of the last chunk is read. */
  get isOver(): boolean {
    return this.state === State.End;
  }

  /**
   * Reads `bytes` from `at` to `end` and returns where it stopped: at `end`, or behind the line of the last chunk. Calls
   * `onData` with the range of each piece of data.
   */
  read(bytes: Buffer, at: number, end: number, onData: (from: number, to: number) => void): number {
    while (at < end && this.state !== State.End) {
      if (this.state === State.Data) {
        const to = Math.min(end, at + this.remaining);
        this.remaining -= to - at;
        if (this.remaining === 0) this.state = State.DataReturn;
        onData(at, to);
        at = to;
      } else this.framing(bytes[at++]!);
    }
    return at;
  }

  private framing(byte: number): void {
    switch (this.state) {
      case State.Size:
        return this.size(byte);
      case State.Extension:
        return this.extension(byte);
      case State.SizeLineFeed:
        return this.expect(byte, LF, this.remaining > 0 ? State.Data : State.End);
      case State.DataReturn:
        return this.expect(byte, CR, State.DataLineFeed);
      default:
        this.digits = 0;
        return this.expect(byte, LF, State.Size);
    }
  }

  private size(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.digits += 1;
      if (this.digits > MAX_DIGITS) throw protocolError('a chunk size has too many digits');
      this.remaining = this.remaining * 16 + digit;
    } else if (this.digits === 0) throw protocolError('a chunk has no size');
    else if (byte === CR) this.state = State.SizeLineFeed;
    else if (byte === SEMICOLON) {
      this.state = State.Extension;
      this.extensionBytes = 0;
    } else throw protocolError('a chunk size is not a number');
  }

  private extension(byte: number): void {
    this.extensionBytes += 1;
    if (this.extensionBytes > MAX_EXTENSION_BYTES) throw protocolError('the extensions of a chunk are too large');
    if (byte === CR) this.state = State.SizeLineFeed;
    else if ((byte < 0x20 && byte !== TAB) || byte === 0x7f)
      throw protocolError('a chunk extension contains a control character');
  }

  private expect(byte: number, expected: number, next: State): void {
    if (byte !== expected) throw protocolError('CRLF is missing in the chunked framing');
    this.state = next;
  }
}

/** The value of a hexadecimal digit, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
