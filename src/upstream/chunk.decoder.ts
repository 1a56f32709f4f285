import { protocolError } from './upstream.error.js';

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SEMICOLON = 0x3b;
/** Hexadecimal digits of a chunk's size: up to 2^48 bytes. */
const MAX_DIGITS = 12;
/** Extensions say nothing that is passed on: nobody honest needs more between two pieces of a body. */
const MAX_EXTENSION_BYTES = 64 * 1024;

enum At {
  Size,
  Extension,
  SizeLineFeed,
  Data,
  DataReturn,
  DataLineFeed,
  End,
}

/** The chunked coding (RFC 9112 §7.1), up to the last chunk's line: the trailer section is not its business. */
export class ChunkDecoder {
  private at = At.Size;
  private digits = 0;
  /** Of the chunk's data still to come. */
  private left = 0;
  private extensionBytes = 0;

  /** The last chunk was read. */
  get isOver(): boolean {
    return this.at === At.End;
  }

  /**
   * Reads from `at`, and gives where it stopped: at `end`, or behind the last chunk's line. Pieces of data are told as they
   * are found; each place is good until the call returns.
   */
  read(bytes: Buffer, at: number, end: number, onData: (from: number, to: number) => void): number {
    while (at < end && this.at !== At.End) {
      if (this.at === At.Data) {
        const to = Math.min(end, at + this.left);
        this.left -= to - at;
        if (this.left === 0) this.at = At.DataReturn;
        onData(at, to);
        at = to;
      } else this.framing(bytes[at++]!);
    }
    return at;
  }

  private framing(byte: number): void {
    switch (this.at) {
      case At.Size:
        return this.size(byte);
      case At.Extension:
        return this.extension(byte);
      case At.SizeLineFeed:
        return this.expect(byte, LF, this.left > 0 ? At.Data : At.End);
      case At.DataReturn:
        return this.expect(byte, CR, At.DataLineFeed);
      default:
        this.digits = 0;
        return this.expect(byte, LF, At.Size);
    }
  }

  private size(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.digits += 1;
      if (this.digits > MAX_DIGITS) throw protocolError('a chunk is too large');
      this.left = this.left * 16 + digit;
    } else if (this.digits === 0) throw protocolError('a chunk has no size');
    else if (byte === CR) this.at = At.SizeLineFeed;
    else if (byte === SEMICOLON) {
      this.at = At.Extension;
      this.extensionBytes = 0;
    } else throw protocolError('a chunk size is not a number');
  }

  private extension(byte: number): void {
    this.extensionBytes += 1;
    if (this.extensionBytes > MAX_EXTENSION_BYTES) throw protocolError('it sends framing without end');
    if (byte === CR) this.at = At.SizeLineFeed;
    else if ((byte < 0x20 && byte !== TAB) || byte === 0x7f)
      throw protocolError('a chunk extension contains a control character');
  }

  private expect(byte: number, expected: number, next: At): void {
    if (byte !== expected) throw protocolError('a chunk does not end where it should');
    this.at = next;
  }
}

/** -1 for anything else. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
