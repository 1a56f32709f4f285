import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltServer } from '../support/built.server.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const UNREAD_CLIENTS = 1000;
const UPLOAD_BYTES = 100 * MIB;
const DOWNLOAD_BYTES = 20 * MIB;
const PIECE = Buffer.alloc(64 * KIB, 'x');

/** Answers `/v1/endless` without end, `/v1/big` with 20 MiB, and anything else after reading the body. */
async function upstream(): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/v1/endless')
      return pour(response.writeHead(200, { 'content-type': 'text/event-stream' }), Infinity);
    if (request.url === '/v1/big')
      return pour(response.writeHead(200, { 'content-length': DOWNLOAD_BYTES }), DOWNLOAD_BYTES);
    request.resume().once('end', () => response.end('ok'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function pour(response: ServerResponse, total: number): void {
  let remaining = total;
  const more = (): void => {
    while (remaining > 0 && !response.destroyed) {
      remaining -= PIECE.length;
      if (!response.write(PIECE)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

describe.skipIf(process.platform !== 'linux')('memory of the whole process', () => {
  let origin: Server;
  let server: BuiltServer;
  let token: string;

  beforeAll(async () => {
    origin = await upstream();
    server = await BuiltServer.start({
      OPENAI_API_URL: `http://127.0.0.1:${(origin.address() as AddressInfo).port}`,
      LOG_LEVEL: 'info',
    });
    token = await server.token();
    for (let i = 0; i < 5; i += 1) await download();
  });
  afterAll(async () => {
    await server.stop('SIGKILL');
    origin.closeAllConnections();
    origin.close();
  });

  const call = (method: string, path: string, more = ''): Socket => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`);
    return socket;
  };
  async function download(): Promise<void> {
    const socket = call('GET', '/v1/big');
    let bytes = 0;
    for await (const chunk of socket) if ((bytes += (chunk as Buffer).length) >= DOWNLOAD_BYTES) break;
    socket.destroy();
  }
  /** The highest growth while `work` runs, sampled often. */
  const growth = async (work: () => Promise<void>): Promise<number> => {
    const before = server.residentBytes();
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, server.residentBytes())), 20);
    await work().finally(() => clearInterval(timer));
    return Math.max(peak, server.residentBytes()) - before;
  };

  it('grows by no more than 48 MiB for a 100 MiB upload', async () => {
    const upload = async (): Promise<void> => {
      const socket = call('POST', '/v1/files', `Content-Length: ${UPLOAD_BYTES}\r\n`);
      for (let sent = 0; sent < UPLOAD_BYTES; sent += PIECE.length)
        if (!socket.write(PIECE)) await once(socket, 'drain');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toContain('200 OK');
      socket.destroy();
    };
    await upload();
    const bytes = await growth(upload);
    process.stdout.write(`memory: +${Math.round(bytes / MIB)} MiB for a 100 MiB upload\n`);
    expect(bytes).toBeLessThan(48 * MIB);
  });

  it('grows by no more than 48 MiB for a 20 MiB download', async () => {
    const bytes = await growth(download);
    process.stdout.write(`memory: +${Math.round(bytes / MIB)} MiB for a 20 MiB download\n`);
    expect(bytes).toBeLessThan(48 * MIB);
  });

  it(`keeps no more than 256 KiB for each of ${UNREAD_CLIENTS} clients that never read`, async () => {
    const sockets: Socket[] = [];
    const bytes = await growth(async () => {
      for (let i = 0; i < UNREAD_CLIENTS; i += 1) {
        const socket = call('GET', '/v1/endless');
        sockets.push(socket.pause());
        socket.on('error', () => undefined);
      }
      await Promise.all(sockets.map(async (socket) => socket.connecting && once(socket, 'connect')));
      // Until it grows no more; it may still breathe.
      for (let last = 0; server.residentBytes() - last > MIB; await new Promise((resolve) => setTimeout(resolve, 1000)))
        last = server.residentBytes();
    });
    for (const socket of sockets) socket.destroy();
    process.stdout.write(
      `memory: +${Math.round(bytes / UNREAD_CLIENTS / KIB)} KiB a client for ${UNREAD_CLIENTS} clients that never read\n`,
    );
    expect(bytes / UNREAD_CLIENTS).toBeLessThan(256 * KIB);
    await download();
  });
});
