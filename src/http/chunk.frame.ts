import type { ServerResponse } from 'node:http';

/** Larger pieces are not copied. */
const MAX_FRAMED_BYTES = 4000;
const CR = 0x0d;
const LF = 0x0a;
const DIGITS = Buffer.from('0123456789abcdef');

/** A piece of a body in its frame (RFC 9112 §7.1), for `MAX_FRAMED_BYTES` and less: three hexadecimal digits at most. */
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
 * Whether a piece may be written past the response, straight to its socket and in its frame: Node writes four times for one
 * piece, which is a fifth of what an event costs. The caller knows that the head is out. Here it is the response's turn on
 * its connection (it has a socket, open for writing), and all that it was given is with that socket already.
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
