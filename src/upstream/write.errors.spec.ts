import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../test/support/certificate.js';
import { nextTurn, openBody } from '../../test/support/pool.fixture.js';
import { ObserverSpy, type RawConnection, RawUpstream } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { connector } from './upstream.connector.js';
import { UpstreamPool } from './upstream.pool.js';
import { outliveWriteErrors } from './write.errors.js';

const trusted = selfSigned('127.0.0.1');
const LENGTH = 'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 5\r\n\r\nlarge';
const LENGTH_AND_CLOSE = 'HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge';
const CHUNKED = 'HTTP/1.1 413 Payload Too Large\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlarge\r\n0\r\n\r\n';
const UNTIL_CLOSE = 'HTTP/1.1 413 Payload Too Large\r\n\r\nlarge';

describe(outliveWriteErrors.name, () => {
  let upstream: RawUpstream;
  let pool: UpstreamPool;
  /** The upstream's side of the TCP connection, below TLS. */
  let tcp: Socket;
  const authorities = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...authorities, trusted.cert]));
  afterAll(() => setDefaultCACertificates(authorities));
  afterEach(async () => {
    pool.close();
    await upstream.close();
  });

  /** Sends the response, then resets the connection. */
  async function respondAndReset({ socket }: RawConnection, response: string): Promise<void> {
    const before = tcp.bytesWritten;
    socket.write(response);
    await until('the response to be on its way', () => tcp.bytesWritten >= before + response.length);
    tcp.resetAndDestroy();
  }

  /** An upload whose upstream responds early, ends as told, and whose response is read only after writes have failed. */
  async function upload(
    protocol: 'http' | 'https',
    length: number | undefined,
    respond: (connection: RawConnection) => Promise<unknown>,
  ): Promise<ObserverSpy> {
    upstream = await RawUpstream.open(protocol === 'http' ? createServer() : createTlsServer(trusted));
    upstream.server.once('connection', (socket: Socket) => (tcp = socket.setNoDelay()));
    const connect = connector(`${protocol}://127.0.0.1:${upstream.port}`, { timeoutMs: 5000 });
    pool = new UpstreamPool({ connect, maxConnections: undefined, idleMs: 10_000 });
    const [observer, body]: [ObserverSpy, Readable] = [new ObserverSpy(), openBody()];
    const headers = length === undefined ? [] : ['Content-Length', String(length)];
    const exchange = pool.dispatch({ method: 'POST', target: '/a', host: 'h', headers, length }, body, observer);
    body.push('begin');
    const connection = await upstream.connection();
    await until('the beginning of the body', () => connection.text.includes('begin'));
    exchange.pause();
    await respond(connection);
    await connection.closed();
    for (let turn = 0; turn < 50; turn += 1) {
      body.push('x'.repeat(1000));
      await nextTurn();
    }
    exchange.resume();
    return observer.over();
  }

  describe.each(['http', 'https'] as const)('%s', (protocol) => {
    it.each([
      ['a length', LENGTH, 1_000_000],
      ['a length and close', LENGTH_AND_CLOSE, 1_000_000],
      ['chunks', CHUNKED, undefined],
    ])('delivers a response with %s that came before a reset', async (_what, response, length) => {
      const observer = await upload(protocol, length, (connection) => respondAndReset(connection, response));
      expect([observer.head?.status, observer.body, observer.error]).toEqual([413, 'large', undefined]);
    });

    it('delivers a response that ends with the connection when the upstream ended it', async () => {
      const observer = await upload(protocol, undefined, async ({ socket }) => {
        socket.end(UNTIL_CLOSE);
        await once(socket, 'finish');
        socket.destroy();
      });
      expect([observer.head?.status, observer.body, observer.error]).toEqual([413, 'large', undefined]);
    });
  });

  it('does not take a reset for the end of a response without a length', async () => {
    const observer = await upload('http', undefined, (connection) => respondAndReset(connection, UNTIL_CLOSE));
    expect([observer.head?.status, observer.body]).toEqual([413, 'large']);
    expect(observer.error).toMatchObject({ kind: 'reset' });
  });

  it('fails when nothing was received before the reset', async () => {
    const observer = await upload('http', undefined, async () => tcp.resetAndDestroy());
    expect([observer.head, observer.error?.kind]).toEqual([undefined, 'reset']);
  });
});
