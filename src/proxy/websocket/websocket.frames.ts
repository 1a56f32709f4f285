const CLOSE = 0x8;
const FIN = 0x80;
const MASKED = 0x80;
const MAX_REASON_BYTES = 123;

/** The close frame of a server, unmasked (RFC 6455 §5.5.1, §7.4). */
export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason).subarray(0, MAX_REASON_BYTES);
  const frame = Buffer.alloc(4 + text.length);
  frame[0] = FIN | CLOSE;
  frame[1] = 2 + text.length;
  frame.writeUInt16BE(code, 2);
  text.copy(frame, 4);
  return frame;
}

/** Sees the frames of a stream as they pass. */
export interface FrameReader {
  /** `first` is the first byte of the frame: its end of message, reserved bits and opcode (RFC 6455 §5.2). */
  beginFrame(first: number): void;
  payload(bytes: Buffer): void;
  endFrame(): void;
}

/** Tracks the frame boundaries of a stream (RFC 6455 §5.2). Payloads are skipped, unless there is a reader. */
export class FrameTracker {
  private readonly header = Buffer.alloc(14);
  /** Header bytes of the current frame seen so far. */
  private have = 0;
  private payloadLeft = 0;
  /** True from the header of a close frame on: its sender sends no further frame. */
  closed = false;

  constructor(private readonly reader?: FrameReader) {}

  get isAtBoundary(): boolean {
    return this.have === 0 && this.payloadLeft === 0;
  }

  /** Tracks bytes that passed. */
  pass(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at = this.step(bytes, at);
  }

  /** Tracks bytes up to the end of the current frame; returns their number (all bytes, when it does not end in them). */
  passToBoundary(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !(at > 0 && this.isAtBoundary)) at = this.step(bytes, at);
    return at;
  }

  private step(bytes: Buffer, at: number): number {
    if (this.payloadLeft > 0) {
      const skipped = Math.min(this.payloadLeft, bytes.length - at);
      this.payloadLeft -= skipped;
      if (this.reader) this.show(this.reader, bytes.subarray(at, at + skipped));
      return at + skipped;
    }
    this.header[this.have] = bytes[at]!;
    this.have += 1;
    if (this.have === this.headerLength()) this.begin();
    return at + 1;
  }

  private headerLength(): number {
    if (this.have < 2) return 2;
    const second = this.header[1]!;
    return 2 + extendedBytes(second & 0x7f) + (second & MASKED ? 4 : 0);
  }

  private begin(): void {
    const short = this.header[1]! & 0x7f;
    if (short === 126) this.payloadLeft = this.header.readUInt16BE(2);
    else this.payloadLeft = short === 127 ? Number(this.header.readBigUInt64BE(2)) : short;
    if ((this.header[0]! & 0x0f) === CLOSE) this.closed = true;
    this.have = 0;
    this.reader?.beginFrame(this.header[0]!);
    if (this.payloadLeft === 0) this.reader?.endFrame();
  }

  private show(reader: FrameReader, bytes: Buffer): void {
    reader.payload(bytes);
    if (this.payloadLeft === 0) reader.endFrame();
  }
}

function extendedBytes(short: number): number {
  if (short === 127) return 8;
  return short === 126 ? 2 : 0;
}
