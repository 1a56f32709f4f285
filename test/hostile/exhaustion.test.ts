import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionLimit } from '../../src/server/connection.limit.js';
import { DeadlineWatch } from '../../src/http/deadline.watch.js';
import { TestApp, until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { RawClient, request } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { answer } from '../support/upstream.scenarios.js';

const HEAD = (token: string, more: string): string =>
  `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${more}\r\n\r\n`;
const many = (count: number, port: number): Promise<RawClient[]> =>
  Promise.all(Array.from({ length: count }, () => RawClient.connect(port)));

describe('slow and many clients', () => {
  const fixture = ProxyFixture.forTests();

  it('RX-01 headers that do not come to an end are cut off, and others are served meanwhile', async () => {
    const server = fixture.app.running.app.getHttpServer();
    expect(server.headersTimeout).toBe(10_000);
    server.headersTimeout = 300;
    const slow = await many(200, fixture.app.port);
    for (const client of slow) await client.write('POST /v1/files HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    expect((await fixture.call()).status).toBe(200);
    const responses = await Promise.all(slow.map((client) => client.response()));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([408]));
    const timedOut = () => fixture.app.accessLines.filter(({ code }) => code === 'request_timeout').length;
    await until('the lines', () => timedOut() === 200);
    server.headersTimeout = 10_000;
    for (const client of slow) client.destroy();
  });

  it.each([
    ['of a known length', 'Content-Length: 40000'],
    ['that is large', 'Content-Length: 4000000'],
    ['in chunks', 'Transfer-Encoding: chunked'],
  ])('RX-02 a body %s that trickles is cut off after ten seconds, a faster one is not', async (_what, framing) => {
    const watch = fixture.app.running.app.get(DeadlineWatch);
    const [slow, fast] = [await fixture.connect(), await fixture.connect()];
    const piece = (bytes: number): string =>
      framing.startsWith('T') ? `${bytes.toString(16)}\r\n${'a'.repeat(bytes)}\r\n` : 'a'.repeat(bytes);
    await slow.write(HEAD(fixture.token.token, framing) + piece(4999));
    await fast.write(HEAD(fixture.token.token, framing) + piece(5000));
    const { lifecycle } = fixture.app.running;
    await until('both to run', () => lifecycle.running === 2);
    // A later request was served: the bytes of these two have been read.
    expect((await fixture.call()).status).toBe(200);
    watch.tick(performance.now() + 10_100);
    const response = await slow.response();
    expect([response.status, response.header('x-proxy-error')]).toEqual([408, 'request_timeout']);
    expect(fast.received).toHaveLength(0);
    for (const client of [slow, fast]) client.destroy();
    await until('nothing to run', () => lifecycle.running === 0);
  });

  it('RX-02 a client that waits for the upstream, or pauses, does not count as slow', async () => {
    const watch = fixture.app.running.app.get(DeadlineWatch);
    const client = await fixture.connect();
    await client.write(HEAD(fixture.token.token, 'Content-Length: 1'));
    await until('it to run', () => fixture.app.running.lifecycle.running === 1);
    watch.tick(performance.now() + 30_000);
    await client.write('a');
    expect((await client.response()).status).toBe(200);
    client.destroy();
  });

  it('CL-05 a client that does not read has at most 256 KB waiting for it', async () => {
    const server = fixture.app.running.app.getHttpServer();
    const seen = once(server, 'request') as Promise<[unknown, ServerResponse]>;
    const noise = Buffer.alloc(1024 * 1024);
    let sent = 0;
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      await exchange.head(200, [['transfer-encoding', 'chunked']]);
      while (await exchange.chunk(noise)) sent += noise.length;
    });
    const client = await fixture.connect();
    client.pause();
    await client.write(HEAD(fixture.token.token, 'Content-Length: 0'));
    const [, response] = await seen;
    let most = 0;
    await until('the response to stall', () => {
      most = Math.max(most, response.writableLength);
      return response.writableNeedDrain && sent > 0;
    });
    for (let turn = 0; turn < 200; turn += 1) await fixture.call({ method: 'GET', target: '/live', headers: [] });
    expect(Math.max(most, response.writableLength)).toBeLessThan(256 * 1024);
    client.destroy();
  });

  it('RX-10 a thousand connections that reset at once cost nothing', async () => {
    await until('nothing to run', () => fixture.app.running.lifecycle.running === 0);
    const lines = fixture.app.accessLines.length;
    for (let round = 0; round < 10; round += 1) for (const client of await many(100, fixture.app.port)) client.reset();
    await room(fixture.app);
    expect((await fixture.call()).status).toBe(200);
    expect(fixture.app.accessLines.length - lines).toBeLessThanOrEqual(1);
  });

  it('RX-11 an invalid request costs less than 500 bytes of log: two thousand a second stay under 1 MB/s', async () => {
    for (const bytes of [
      'NONSENSE\r\n\r\n',
      'GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n',
      `GET /v1/${'a'.repeat(200)} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n`,
    ]) {
      const before = fixture.app.log.length;
      for (const client of await many(50, fixture.app.port)) {
        await client.write(bytes);
        await client.response();
        client.destroy();
      }
      await until('the lines', () => fixture.app.log.length > before);
      expect((fixture.app.log.length - before) / 50).toBeLessThan(600);
    }
  });
});

describe('RX-05 connections over MAX_CONNECTIONS', () => {
  const fixture = ProxyFixture.forTests({ MAX_CONNECTIONS: '20' });

  const head = (target: string): string =>
    `GET ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`;
  const probes = async (): Promise<number[]> =>
    Promise.all(
      ['/live', '/ready', '/health'].map(async (target) => (await request(fixture.app.port, { target })).status),
    );

  it('close those of strangers that have no request, the oldest first, and are served', async () => {
    await room(fixture.app);
    const client = await fixture.connect();
    await client.write(head('/v1/models'));
    expect((await client.response()).status).toBe(200);
    const idle = await many(27, fixture.app.port);
    await idle[0]!.write('GET /v1/models HTTP/1.1\r\nX-Slow: ');
    const over = await many(8, fixture.app.port);
    for (const newcomer of over) {
      await newcomer.write(head('/v1/models'));
      expect((await newcomer.response()).status).toBe(200);
    }
    for (const gone of idle.slice(0, 8)) expect(await gone.closed()).toBe('fin');
    await client.write(head('/v1/models'));
    expect((await client.response()).status).toBe(200);
    for (const connection of [client, ...idle, ...over]) connection.destroy();
  });

  it('close connections of clients when no stranger is left, and none that has a request', async () => {
    await room(fixture.app);
    const paced = fixture.upstream.sse();
    const busy = await fixture.connect();
    await busy.write(head('/v1/responses'));
    await paced.opened();
    const clients = await many(27, fixture.app.port);
    for (const client of clients) {
      await client.write(head('/v1/models'));
      expect((await client.response()).status).toBe(200);
    }
    const newcomer = await fixture.connect();
    await newcomer.write(head('/v1/models'));
    expect((await newcomer.response()).status).toBe(200);
    expect(await clients[0]!.closed()).toBe('fin');
    await paced.end();
    expect((await busy.response()).truncated).toBe(false);
    for (const connection of [busy, newcomer, ...clients]) connection.destroy();
  });

  it('are refused when all have requests, can still ask for health, and are served as soon as there is room', async () => {
    await room(fixture.app);
    const streams = Array.from({ length: 20 }, () => fixture.upstream.sse());
    const busy = await many(20, fixture.app.port);
    for (const client of busy) await client.write(head('/v1/responses'));
    for (const stream of streams) await stream.opened();
    fixture.upstream.reply(answer({ body: 'ok' }));
    for (const client of await many(5, fixture.app.port)) {
      await client.write(head('/v1/models'));
      const response = await client.response();
      expect([response.status, response.header('x-proxy-error'), response.header('retry-after')]).toEqual([
        503,
        'overloaded',
        '1',
      ]);
      expect(await client.closed()).toBe('fin');
      client.destroy();
    }
    expect(await probes()).toEqual([200, 200, 200]);
    for (const stream of streams) await stream.end();
    for (const client of busy) expect((await client.response()).truncated).toBe(false);
    expect((await fixture.call()).status).toBe(200);
    for (const client of busy) client.destroy();
  });

  it('far over it are closed, and health is answered', async () => {
    const sockets = await Promise.all(Array.from({ length: 260 }, () => dial(fixture.app.port)));
    await until('the rest to be closed', () => sockets.filter((socket) => socket.destroyed).length >= 260 - 36);
    expect(await probes()).toEqual([200, 200, 200]);
    expect((await fixture.call()).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it('are as many as the descriptors allow, unless configured', () => {
    expect([connectionLimit(7, 1), connectionLimit(0, 1, 256), connectionLimit(0, 1, 1_048_576)]).toEqual([
      7, 87, 476_596,
    ]);
    expect(connectionLimit(0, 1, 10)).toBe(1);
  });

  it('share what is configured between workers, and have descriptors of their own', () => {
    expect([connectionLimit(100, 3), connectionLimit(2, 3), connectionLimit(0, 3, 256)]).toEqual([33, 1, 87]);
  });
});

describe.skipIf(process.platform !== 'linux')('a whole process', () => {
  let upstream: RecordingUpstream;
  beforeAll(async () => {
    upstream = await RecordingUpstream.start();
    upstream.reply(answer({ body: 'ok' }));
  });
  afterAll(() => upstream.close());
  const ask = (port: number, token: string) =>
    request(port, { target: '/v1/models', headers: { Authorization: `Bearer ${token}` } });
  const with256Descriptors = () =>
    BuiltServer.start({ OPENAI_API_URL: upstream.baseUrl }, ['bash', '-c', 'ulimit -n 256; exec "$@"', 'bash']);

  it('RX-08 with 256 descriptors closes what is idle of a flood, and lives', async () => {
    const server = await with256Descriptors();
    const token = await server.token();
    const flood = await Promise.all(Array.from({ length: 400 }, () => dial(server.port)));
    const open = flood.filter((socket) => !socket.destroyed);
    expect(open.length).toBeGreaterThan(50);
    for (const socket of open)
      socket
        .on('data', () => undefined)
        .write(`GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    await until('responses', () => server.lines.some((line) => line.includes('"path":"/v1/models","status":200')));
    for (const socket of flood) socket.destroy();
    await until('room', async () => (await ask(server.port, token).catch(() => ({ status: 0 }))).status === 200);
    expect(server.lines.filter((line) => line.includes('EMFILE'))).toEqual([]);
    expect(await server.stop()).toBe(0);
  });

  it('RX-08 with 256 descriptors serves others while one connection has 400 requests', async () => {
    const server = await with256Descriptors();
    const token = await server.token();
    const stream = upstream.sse();
    const before = upstream.requests.length;
    const client = await RawClient.connect(server.port);
    await client.write(`GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`.repeat(400));
    await stream.opened();
    for (let n = 0; n < 20; n += 1) {
      expect((await ask(server.port, token)).status).toBe(200);
      expect((await request(server.port, { target: '/live' })).status).toBe(200);
    }
    expect(upstream.requests.length - before).toBe(21);
    client.destroy();
    await stream.end().catch(() => undefined);
    expect(await server.stop()).toBe(0);
  });

  it('RX-16 SL-05 goes on serving while its log is not read, and shows no secret in its arguments', async () => {
    const server = await BuiltServer.start({ OPENAI_API_URL: upstream.baseUrl });
    const token = await server.token();
    server.process.stdout!.pause();
    for (let round = 0; round < 40; round += 1) {
      const responses = await Promise.all(Array.from({ length: 50 }, () => ask(server.port, token)));
      expect(responses.every(({ status }) => status === 200)).toBe(true);
    }
    expect(readFileSync(`/proc/${server.process.pid}/cmdline`, 'utf8')).not.toContain('canary');
    server.process.stdout!.resume();
    expect(await server.stop()).toBe(0);
  });
});

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** Waits until no client is connected any more; closes idle connections. */
function room({ running }: TestApp): Promise<void> {
  const server = running.app.getHttpServer();
  return until('no client to be connected', () => {
    server.closeIdleConnections();
    return new Promise((resolve) => server.getConnections((_error, count) => resolve(count === 0)));
  });
}
