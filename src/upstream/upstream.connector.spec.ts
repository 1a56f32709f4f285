import { createServer, type LookupFunction, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../test/support/certificate.js';
import { RawUpstream, ObserverSpy } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { connector } from './upstream.connector.js';
import type { UpstreamError } from './upstream.error.js';
import { UpstreamPool } from './upstream.pool.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const trusted = selfSigned('a.test', '127.0.0.1', '::1');
const foreign = selfSigned('a.test', '127.0.0.1');

/** Resolves every name to the given addresses. */
const lookupOf =
  (...addresses: string[]): LookupFunction =>
  (_name, { all }, done) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (all) done(null, found);
    else done(null, found[0]!.address, found[0]!.family);
  };
const local = lookupOf('127.0.0.1');

describe(connector.name, () => {
  const upstreams: RawUpstream[] = [];
  const pools: UpstreamPool[] = [];
  const sockets: Socket[] = [];
  const plain = async (host?: string): Promise<RawUpstream> => keep(await RawUpstream.open(createServer(), host));
  const tls = async (options: TlsOptions = {}, host?: string): Promise<RawUpstream> =>
    keep(await RawUpstream.open(createTlsServer({ ...trusted, ...options }), host));
  const keep = (upstream: RawUpstream): RawUpstream => {
    upstreams.push(upstream);
    return upstream;
  };
  const poolTo = (origin: string, lookup: LookupFunction = local): UpstreamPool => {
    const connect = connector(origin, { timeoutMs: 5000, lookup });
    const pool = new UpstreamPool({ connect, maxConnections: undefined, idleMs: 10_000 });
    pools.push(pool);
    return pool;
  };
  const send = (pool: UpstreamPool, body: Buffer | null = null): ObserverSpy => {
    const observer = new ObserverSpy();
    const length = body?.length ?? 0;
    pool.dispatch(
      { method: 'POST', target: '/', host: 'h', headers: ['Content-Length', `${length}`], length },
      body,
      observer,
    );
    return observer;
  };
  const open = (connect: ReturnType<typeof connector>): Promise<Socket | UpstreamError> =>
    new Promise((resolve) =>
      connect((error, socket) => {
        if (socket) sockets.push(socket);
        resolve(error ?? socket);
      }),
    );
  /** The server side of the n-th connection. */
  const served = async (upstream: RawUpstream, index = 0): Promise<TLSSocket> =>
    (await upstream.connection(index)).socket as TLSSocket;

  const authorities = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...authorities, trusted.cert]));
  afterAll(() => setDefaultCACertificates(authorities));
  afterEach(async () => {
    for (const pool of pools.splice(0)) pool.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const upstream of upstreams.splice(0)) await upstream.close();
  });

  it('reads large responses over TLS, paused and resumed', async () => {
    const upstream = await tls();
    const pool = poolTo(`https://a.test:${upstream.port}`);
    const observer: ObserverSpy = new ObserverSpy({
      data: () => void (exchange.pause(), setImmediate(() => exchange.resume())),
    });
    const exchange = pool.dispatch({ method: 'GET', target: '/', host: 'h', headers: [], length: 0 }, null, observer);
    const connection = await upstream.connection();
    await connection.request();
    const body = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 251));
    connection.respond('HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n');
    connection.socket.write(body);
    await observer.over();
    expect(Buffer.concat(observer.pieces).equals(body)).toBe(true);
    const again = send(pool, Buffer.alloc(1_000_000, 'a'));
    await connection.request('a'.repeat(1_000_000));
    connection.respond(OK);
    expect([(await again.over()).body, upstream.connections.length]).toEqual(['ok', 1]);
  });

  it('reads nothing over TLS while paused', async () => {
    const upstream = await tls();
    const pool = poolTo(`https://a.test:${upstream.port}`);
    const observer: ObserverSpy = new ObserverSpy({ head: () => exchange.pause() });
    const exchange = pool.dispatch({ method: 'GET', target: '/', host: 'h', headers: [], length: 0 }, null, observer);
    const connection = await upstream.connection();
    await connection.request();
    let isTaken = false;
    connection.respond('HTTP/1.1 200 OK\r\n\r\n');
    await until('the head', () => observer.head !== undefined);
    connection.socket.end(Buffer.alloc(20_000_000, 'a'), () => (isTaken = true));
    await until('the way to be full', () => connection.socket.writableLength > 0);
    // What is readable would be read before a whole exchange on another connection is over.
    const other = send(pool);
    const second = await upstream.connection(1);
    await second.request();
    second.respond(OK);
    await other.over();
    expect([isTaken, observer.pieces.length]).toEqual([false, 0]);
    exchange.resume();
    expect((await observer.over()).body).toHaveLength(20_000_000);
  });

  it('does not take bytes that come with the end of a handshake for a response', async () => {
    const upstream = await tls();
    upstream.server.once('secureConnection', (socket: Socket) => socket.write(OK));
    const [observer, body] = [new ObserverSpy(), new Readable({ read: () => undefined })];
    const request = { method: 'POST', target: '/', host: 'h', headers: [], length: undefined };
    poolTo(`https://a.test:${upstream.port}`).dispatch(request, body, observer);
    const fresh = await upstream.connection(1);
    expect(observer.calls).toEqual([]);
    body.push(null);
    await fresh.request('0\r\n\r\n');
    fresh.respond(OK);
    expect((await observer.over()).calls).toEqual(['sending', 'head', 'data', 'end']);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes a session of %s', async (version) => {
    const upstream = await tls({ minVersion: version, maxVersion: version });
    for (const [index, reused] of [false, true].entries()) {
      const pool = pools[0] ?? poolTo(`https://a.test:${upstream.port}`);
      const observer = send(pool);
      const connection = await upstream.connection(index);
      await connection.request();
      expect((await served(upstream, index)).isSessionReused()).toBe(reused);
      connection.respond(OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      await observer.over();
      await connection.closed();
    }
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'refuses a certificate for another name each time, with a session of %s too',
    async (version) => {
      const upstream = await tls({ minVersion: version, maxVersion: version });
      const connect = connector(`https://b.test:${upstream.port}`, { timeoutMs: 5000, lookup: local });
      for (let i = 0; i < 3; i += 1)
        expect(await open(connect)).toMatchObject({
          kind: 'unreachable',
          cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
        });
    },
  );

  it('refuses an untrusted certificate each time', async () => {
    const upstream = await tls(foreign);
    const connect = connector(`https://a.test:${upstream.port}`, { timeoutMs: 5000, lookup: local });
    for (let i = 0; i < 3; i += 1)
      expect(await open(connect)).toMatchObject({
        kind: 'unreachable',
        cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      });
  });

  it('sends a name, never an address, and HTTP/1.1 in its ClientHello', async () => {
    const upstream = await tls({ ALPNProtocols: ['h2', 'http/1.1'] });
    for (const [index, host] of ['a.test', '127.0.0.1'].entries()) {
      await open(connector(`https://${host}:${upstream.port}`, { timeoutMs: 5000, lookup: local }));
      const { servername, alpnProtocol } = (await served(upstream, index)) as TLSSocket & { servername: unknown };
      expect([servername, alpnProtocol]).toEqual([host === 'a.test' ? host : false, 'http/1.1']);
    }
  });

  it.each(['http', 'https'])('reaches an IPv6 address (%s)', async (protocol) => {
    const upstream = protocol === 'http' ? await plain('::1') : await tls({}, '::1');
    const observer = send(poolTo(`${protocol}://[::1]:${upstream.port}`));
    const connection = await upstream.connection();
    await connection.request();
    connection.respond(OK);
    expect((await observer.over()).body).toBe('ok');
  });

  it.each(['http', 'https'])('tries the next address of a name when one does not respond (%s)', async (protocol) => {
    const upstream = protocol === 'http' ? await plain() : await tls();
    const observer = send(poolTo(`${protocol}://a.test:${upstream.port}`, lookupOf('::1', '127.0.0.1')));
    const connection = await upstream.connection();
    await connection.request();
    connection.respond(OK);
    expect((await observer.over()).body).toBe('ok');
  });

  it('fails once when a name has no address, the port is closed, or the server does not speak TLS', async () => {
    const upstream = await plain();
    const unknown: LookupFunction = (_name, _options, done) => done(new Error('unknown'), []);
    const { port } = upstream;
    expect(await open(connector('http://a.test', { timeoutMs: 5000, lookup: unknown }))).toMatchObject({
      kind: 'unreachable',
    });
    const secure = open(connector(`https://127.0.0.1:${port}`, { timeoutMs: 5000 }));
    (await upstream.connection()).socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await secure).toMatchObject({ kind: 'unreachable' });
    await upstream.close();
    expect(await open(connector(`http://127.0.0.1:${port}`, { timeoutMs: 5000 }))).toMatchObject({
      kind: 'unreachable',
    });
  });

  it('fails in time when a handshake does not end, and closes the socket', async () => {
    const upstream = await plain();
    expect(await open(connector(`https://127.0.0.1:${upstream.port}`, { timeoutMs: 30 }))).toMatchObject({
      kind: 'connect_timeout',
    });
    await (await upstream.connection()).closed();
  });
});
