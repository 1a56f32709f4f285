import { createHash } from 'node:crypto';
import type { WireInbox } from './wire.inbox.js';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameContent {
  opcode: number;
  payload?: string | Buffer;
  fin?: boolean;
  /** RSV1: set by permessage-deflate (RFC 7692 §6). */
  compressed?: boolean;
  /** Four bytes; a client must mask (RFC 6455 §5.1). */
  mask?: Buffer;
}

/** One frame as it came, byte for byte, and its fields. */
export interface Frame {
  raw: Buffer;
  fin: boolean;
  opcode: number;
  compressed: boolean;
  /** Unmasked. */
  payload: Buffer;
}

export const CLIENT_MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** The bytes of a frame (RFC 6455 §5.2). */
export function frame({ opcode, payload = '', fin = true, compressed = false, mask }: FrameContent): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(2);
  head[0] = (fin ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode;
  head[1] = (mask ? 0x80 : 0) | shortLength(body.length);
  return Buffer.concat([head, longLength(body.length), ...(mask ? [mask, masked(body, mask)] : [body])]);
}

export const closePayload = (code: number, reason = ''): Buffer =>
  Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);

/** Code and reason of a close frame. */
export const closeOf = ({ payload }: Frame): { code: number; reason: string } => ({
  code: payload.readUInt16BE(0),
  reason: payload.subarray(2).toString(),
});

/** RFC 6455 §4.2.2, step 5.4. */
export const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** Reads frame after frame out of an inbox. */
export class FrameReader {
  private pieces: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly inbox: WireInbox) {}

  /** The next frame; undefined when the peer closed at a frame's end. Throws when it closed inside one. */
  async next(): Promise<Frame | undefined> {
    if (!(await this.has(2))) return this.bytes === 0 ? undefined : fail(this.bytes);
    const head = this.peek();
    const short = head[1]! & 0x7f;
    const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
    const maskAt = 2 + extended;
    const bodyAt = maskAt + (head[1]! & 0x80 ? 4 : 0);
    if (!(await this.has(bodyAt))) return fail(this.bytes);
    const length = lengthIn(this.peek(), short);
    if (!(await this.has(bodyAt + length))) return fail(this.bytes);
    const raw = this.take(bodyAt + length);
    const body = raw.subarray(bodyAt);
    return {
      raw,
      fin: (raw[0]! & 0x80) !== 0,
      compressed: (raw[0]! & 0x40) !== 0,
      opcode: raw[0]! & 0x0f,
      payload: bodyAt > maskAt ? masked(body, raw.subarray(maskAt, bodyAt)) : body,
    };
  }

  private async has(bytes: number): Promise<boolean> {
    while (this.bytes < bytes) {
      const more = await this.inbox.some();
      if (more === undefined) return false;
      this.pieces.push(more);
      this.bytes += more.length;
    }
    return true;
  }

  private peek(): Buffer {
    if (this.pieces.length > 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0] ?? Buffer.alloc(0);
  }

  private take(length: number): Buffer {
    const all = this.peek();
    this.pieces = [all.subarray(length)];
    this.bytes -= length;
    return all.subarray(0, length);
  }
}

function fail(bytes: number): never {
  throw new Error(`the peer closed ${bytes} bytes into a frame`);
}

function shortLength(length: number): number {
  if (length < 126) return length;
  return length < 65_536 ? 126 : 127;
}

function longLength(length: number): Buffer {
  if (length < 126) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length < 65_536 ? 2 : 8);
  if (bytes.length === 2) bytes.writeUInt16BE(length);
  else bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

function lengthIn(head: Buffer, short: number): number {
  if (short === 127) return Number(head.readBigUInt64BE(2));
  return short === 126 ? head.readUInt16BE(2) : short;
}

function masked(body: Buffer, mask: Buffer): Buffer {
  const out = Buffer.from(body);
  for (let i = 0; i < out.length; i += 1) out[i]! ^= mask[i % 4]!;
  return out;
}
