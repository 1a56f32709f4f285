import type { ServerResponse } from 'node:http';

/** Larger pieces are not copied. */
const MAX_FRAMED_BYTES = 4000;
const CR = 0x0d;
const LF = 0x0a;
const DIGITS = Buffer.from('0123456789abcdef');

/** A piece of a body as one chunk (RFC 9112 §7.1). Up to `MAX_FRAMED_BYTES`, so its size has at most three hexadecimal digits. */
export function framed(piece: Buffer): Buffer {
  const { length } = piece;
  const digits = length < 16 ? 1 : length < 256 ? 2 : 3;
  const frame = Buffer.allocUnsafe(digits + length + 4);
  for (let at = digits - 1, left = length; at >= 0; at -= 1, left >>= 4) frame[at] = DIGITS[left & 15]!;
  frame[digits] = CR;
  frame[digits + 1] = LF;
  piece.copy(frame, digits + 2);
  frame[digits + length + 2] = CR;
  frame[digits + length + 3] = LF;
  return frame;
}

/**
 * Whether a piece may be written as a chunk straight to the socket, past the response: Node writes four times for one
 * piece, a fifth of the cost of an event. The caller knows that the head is out. This function checks that the response
 * has a writable socket, and that everything written to the response is in that socket.
 */
export function mayFrame(response: ServerResponse, { length }: Buffer): boolean {
  const { socket } = response;
  return (
    response.chunkedEncoding &&
    length > 0 &&
    length <= MAX_FRAMED_BYTES &&
    socket !== null &&
    socket.writable &&
    response.writableLength === socket.writableLength
  );
}
