import { once } from 'node:events';
import { Check, Line } from './line.mjs';

const PIECE = Buffer.alloc(64 * 1024, 'x');

/** Sends a body of `bytes` as fast as it is taken; milliseconds until the whole answer. */
export async function upload({ port, head, bytes, body }) {
  const line = await Line.open(port);
  const startedAt = performance.now();
  const answered = new Promise((done) => line.ask(head, new Check(Buffer.from(body), done)));
  for (let left = bytes; left > 0 && line.isOpen; left -= PIECE.length)
    if (!line.socket.write(left < PIECE.length ? PIECE.subarray(0, left) : PIECE))
      await Promise.race([once(line.socket, 'drain'), answered]);
  const correct = await answered;
  const ms = performance.now() - startedAt;
  line.close();
  return { ok: correct ? 1 : 0, bad: correct ? 0 : 1, ms };
}
