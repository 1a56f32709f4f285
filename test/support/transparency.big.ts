import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ProxyFixture } from './proxy.fixture.js';
import { pseudoRandomBytes } from './openai.files.js';
import type { RecordedRequest } from './recorded.request.js';
import { readBody } from './wire.body.js';
import { parseHead, statedFraming } from './wire.head.js';
import { WireInbox } from './wire.inbox.js';
import { chunkBytes } from './chunk.bytes.js';

const MIB = 1024 * 1024;
const PIECE = pseudoRandomBytes(64 * 1024, 200);

/** Too large for memory: made piece by piece, compared by hash. */
export const BIG_BODIES = [
  { bytes: 20 * MIB, framed: 'chunked' },
  { bytes: 200 * MIB, framed: 'length' },
] as const;
type Big = (typeof BIG_BODIES)[number]['framed'];

/** Pieces that all differ, so that one lost or doubled changes the hash. */
function* pieces(bytes: number): Generator<Buffer> {
  for (let remaining = bytes, n = 0; remaining > 0; n += 1) {
    const piece = Buffer.from(PIECE.subarray(0, Math.min(remaining, PIECE.length)));
    piece.writeUInt32BE(n, 0);
    remaining -= piece.length;
    yield piece;
  }
}

const framing = (bytes: number, framed: Big): string =>
  framed === 'length' ? `Content-Length: ${bytes}` : 'Transfer-Encoding: chunked';
const wrap = (piece: Buffer, framed: Big): Buffer => (framed === 'length' ? piece : chunkBytes(piece));

async function dial(fixture: ProxyFixture, method: string, target: string, header: string): Promise<Socket> {
  const socket = connect(fixture.app.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `${method} ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n${header}\r\n`,
  );
  return socket;
}

export async function upload(
  fixture: ProxyFixture,
  bytes: number,
  framed: Big,
): Promise<{ sent: string; request: RecordedRequest }> {
  const hash = createHash('sha256');
  const socket = await dial(fixture, 'POST', '/v1/uploads/upload_1/parts', `${framing(bytes, framed)}\r\n`);
  const answered = once(socket, 'data');
  for (const piece of pieces(bytes)) {
    hash.update(piece);
    if (!socket.write(wrap(piece, framed))) await once(socket, 'drain');
  }
  if (framed === 'chunked') socket.write('0\r\n\r\n');
  const request = await (await fixture.upstream.nextRequest()).completed(30_000);
  await answered;
  socket.destroy();
  return { sent: hash.digest('hex'), request };
}

export async function download(
  fixture: ProxyFixture,
  bytes: number,
  framed: Big,
): Promise<{ sent: string; received: string; receivedBytes: number }> {
  const [sent, received] = [createHash('sha256'), createHash('sha256')];
  fixture.upstream.once(async (exchange) => {
    await exchange.receiveAll();
    await exchange.write(`HTTP/1.1 200 OK\r\n${framing(bytes, framed)}\r\n\r\n`);
    for (const piece of pieces(bytes)) {
      sent.update(piece);
      await exchange.write(wrap(piece, framed));
    }
    if (framed === 'chunked') await exchange.lastChunk();
  });
  const socket = await dial(fixture, 'GET', '/v1/videos/video_1/content', '');
  const inbox = new WireInbox();
  socket.on('data', (piece) => inbox.push(piece)).on('close', () => inbox.finish('reset'));
  const head = parseHead((await inbox.through('\r\n\r\n')) ?? Buffer.alloc(0));
  let receivedBytes = 0;
  const fault = await readBody(inbox, statedFraming(head) ?? { kind: 'close' }, {
    data: (piece) => {
      receivedBytes += piece.length;
      received.update(piece);
    },
  });
  socket.destroy();
  if (fault !== undefined) throw new Error(fault);
  return { sent: sent.digest('hex'), received: received.digest('hex'), receivedBytes };
}
