import { once } from 'node:events';
import { Connection, ResponseCheck } from './connection.mjs';

const PIECE = Buffer.alloc(64 * 1024, 'x');

/** Sends a body of `bytes` bytes as fast as possible. Measures the milliseconds until the complete response. */
export async function upload({ port, head, bytes, body }) {
  const connection = await Connection.open(port);
  const startedAt = performance.now();
  const response = new Promise((done) => connection.send(head, new ResponseCheck(Buffer.from(body), done)));
  for (let remaining = bytes; remaining > 0 && connection.isOpen; remaining -= PIECE.length)
    if (!connection.socket.write(remaining < PIECE.length ? PIECE.subarray(0, remaining) : PIECE))
      await Promise.race([once(connection.socket, 'drain'), response]);
  const correct = await response;
  const ms = performance.now() - startedAt;
  connection.close();
  return { ok: correct ? 1 : 0, bad: correct ? 0 : 1, ms };
}
