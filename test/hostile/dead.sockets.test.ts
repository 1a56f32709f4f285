import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { RawClient, request } from '../support/raw.client.js';
import type { RawResponse } from '../support/raw.response.js';

const ROUNDS = 200;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** An upstream that counts the requests it reads and closes its idle connections as a test sets it. */
class Leaver {
  readonly idle = new Set<Socket>();
  requests = 0;
  /** What comes after a response. */
  afterwards: (socket: Socket) => void = () => undefined;
  private constructor(readonly server: Server) {}

  static async start(): Promise<Leaver> {
    const leaver = new Leaver(createServer());
    leaver.server.on('connection', (socket) => leaver.serve(socket));
    await once(leaver.server.listen(0, '127.0.0.1'), 'listening');
    return leaver;
  }

  private serve(socket: Socket): void {
    socket.on('error', () => undefined).on('close', () => this.idle.delete(socket));
    socket.on('data', (bytes) => {
      for (const _head of bytes.toString('latin1').matchAll(/ HTTP\/1\.1\r\n/g)) {
        this.requests += 1;
        socket.write(OK);
        this.idle.add(socket);
        this.afterwards(socket);
      }
    });
  }
}

describe('a connection that the upstream leaves while it is idle', () => {
  let upstream: Leaver;
  let app: TestApp;
  let token: TokenAnswer;
  beforeAll(async () => {
    upstream = await Leaver.start();
    const url = `http://127.0.0.1:${(upstream.server.address() as AddressInfo).port}`;
    app = await TestApp.start({ OPENAI_API_URL: url, UPSTREAM_BREAKER_FAILURES: '0' });
    token = await app.token();
  });
  afterAll(async () => {
    await app.close();
    upstream.server.close();
  });

  const call = (method: string): Promise<RawResponse> =>
    request(app.port, {
      method,
      target: '/v1/x',
      headers: { Authorization: `Bearer ${token.token}` },
      body: method === 'POST' ? '{}' : '',
    });

  it.each([
    ['a FIN', (socket: Socket) => void socket.end()],
    ['a reset', (socket: Socket) => void socket.resetAndDestroy()],
  ])('with %s just before the next request is never noticed by a client, whatever the method', async (_how, leave) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const seen = upstream.requests;
      expect((await call('GET')).status).toBe(200);
      for (const socket of upstream.idle) leave(socket);
      expect((await call(round % 2 ? 'POST' : 'GET')).status).toBe(200);
      expect(upstream.requests).toBe(seen + 2);
    }
  });

  it.each([
    ['a FIN', (socket: Socket) => void socket.end()],
    ['a reset', (socket: Socket) => void socket.resetAndDestroy()],
  ])(
    'with %s in the very turn in which the next request comes is never noticed either: it is sent on another one',
    async (_how, leave) => {
      const client = await RawClient.connect(app.port);
      for (let round = 0; round < ROUNDS; round += 1) {
        expect((await call('GET')).status).toBe(200);
        const seen = upstream.requests;
        const [method, body] = round % 2 ? ['POST', '{}'] : ['GET', ''];
        void client.write(
          `${method} /v1/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nContent-Length: ${body?.length}\r\n\r\n${body}`,
        );
        for (const socket of upstream.idle) leave(socket);
        expect((await client.response()).status).toBe(200);
        expect(upstream.requests).toBe(seen + 1);
      }
      client.destroy();
    },
  );

  it.each([
    ['a FIN', (socket: Socket) => void socket.end()],
    ['a reset', (socket: Socket) => void socket.resetAndDestroy()],
  ])(
    'with %s while the next request is being written is 502 at worst, and no request is ever sent twice',
    async (_how, leave) => {
      let lost = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        expect((await call('GET')).status).toBe(200);
        const seen = upstream.requests;
        const calling = call(round % 2 ? 'POST' : 'GET');
        await spin(round % 12);
        for (const socket of upstream.idle) leave(socket);
        const response = await calling;
        expect(upstream.requests).toBeLessThanOrEqual(seen + 1);
        if (response.status === 200) continue;
        lost += 1;
        expect([response.status, response.header('x-proxy-error')]).toEqual([502, 'upstream_reset']);
      }
      process.stdout.write(`dead sockets: ${ROUNDS} races, ${lost} answered 502, none sent twice\n`);
      expect(lost).toBeLessThan(ROUNDS);
    },
  );
});

/** That many turns of the event loop: a different moment of the exchange each time. */
async function spin(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
