import { describe, expect, it } from 'vitest';
import { nextTurn, OK, openBody, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy, type RawConnection } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { connector } from './upstream.connector.js';
import { UpstreamExchange } from './upstream.exchange.js';

/** What the upstream does with a connection on which it has got a second request. */
const STALE: [string, (connection: RawConnection) => unknown][] = [
  ['a FIN', ({ socket }) => socket.end()],
  ['a reset', ({ socket }) => socket.resetAndDestroy()],
];

describe(`${UpstreamExchange.name} on a reused connection that closes before a byte of the response`, () => {
  const fixture = PoolFixture.forTests();

  /** Sends a request on a connection that has served one. */
  async function reuse(method: string, body: Buffer | null = null): Promise<[ObserverSpy, RawConnection]> {
    await fixture.exchange(0);
    const observer = new ObserverSpy();
    dispatch(method, body, observer);
    const connection = await fixture.upstream.connection(0);
    await connection.request(body ? body.toString() : undefined);
    return [observer, connection];
  }
  const dispatch = (method: string, body: Buffer | null, observer: ObserverSpy): UpstreamExchange =>
    fixture.pool.dispatch({ method, target: '/a', host: 'h', headers: [], length: body?.length ?? 0 }, body, observer);

  describe.each(STALE)('with %s', (_what, close) => {
    it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('sends %s once more on a new connection', async (method) => {
      const [observer, connection] = await reuse(method);
      close(connection);
      const next = await fixture.upstream.connection(1);
      expect(await next.request()).toBe(`${method} /a HTTP/1.1\r\nHost: h\r\n\r\n`);
      next.respond(method === 'HEAD' ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n' : OK);
      await observer.over();
      expect([observer.head?.status, observer.error, observer.calls[0]]).toEqual([200, undefined, 'sending']);
      expect(observer.calls.filter((call) => call === 'sending')).toHaveLength(1);
    });

    it.each(['POST', 'PATCH'])('fails %s, which is never sent twice', async (method) => {
      const [observer, connection] = await reuse(method);
      close(connection);
      expect((await observer.over()).error).toMatchObject({ kind: 'reset' });
      expect(fixture.upstream.connections).toHaveLength(1);
    });
  });

  it('sends a small body again', async () => {
    const [observer, connection] = await reuse('PUT', Buffer.from('hello'));
    connection.socket.end();
    const next = await fixture.upstream.connection(1);
    await next.request('\r\n\r\nhello');
    next.respond(OK);
    expect((await observer.over()).body).toBe('ok');
  });

  it('does not send a streamed body again', async () => {
    await fixture.exchange(0);
    const [observer, body] = [new ObserverSpy(), openBody()];
    fixture.pool.dispatch({ method: 'PUT', target: '/a', host: 'h', headers: [], length: undefined }, body, observer);
    body.push('hello');
    const connection = await fixture.upstream.connection(0);
    await until('the body', () => connection.text.includes('hello'));
    connection.socket.end();
    expect((await observer.over()).error).toMatchObject({ kind: 'reset' });
    expect(fixture.upstream.connections).toHaveLength(1);
  });

  it.each(['HTTP/1.1 2', 'HTTP/1.1 103 x\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'])(
    'fails after %j',
    async (begin) => {
      const [observer, connection] = await reuse('GET');
      connection.respond(begin);
      connection.socket.end();
      expect((await observer.over()).error).toMatchObject({ kind: 'reset' });
      expect(fixture.upstream.connections).toHaveLength(1);
    },
  );

  it('fails when the new connection closes too', async () => {
    const [observer, connection] = await reuse('GET');
    connection.socket.end();
    const next = await fixture.upstream.connection(1);
    await next.request();
    next.socket.end();
    expect((await observer.over()).error).toMatchObject({ kind: 'reset' });
    expect(fixture.upstream.connections).toHaveLength(2);
  });

  it('fails on a connection that is new', async () => {
    const observer = new ObserverSpy();
    dispatch('GET', null, observer);
    const connection = await fixture.upstream.connection(0);
    await connection.request();
    connection.socket.end();
    expect((await observer.over()).error).toMatchObject({ kind: 'reset' });
    expect(fixture.upstream.connections).toHaveLength(1);
  });

  it('does not use another idle connection, which may be closed too', async () => {
    const both = [new ObserverSpy(), new ObserverSpy()];
    for (const observer of both) fixture.send(observer);
    for (const index of [0, 1]) {
      const connection = await fixture.upstream.connection(index);
      await connection.request();
      connection.respond(OK);
    }
    for (const observer of both) await observer.over();
    const observer = new ObserverSpy();
    dispatch('GET', null, observer);
    await until('the request', () => fixture.upstream.connections.some(({ text }) => text !== ''));
    fixture.upstream.connections.find(({ text }) => text !== '')!.socket.end();
    const next = await fixture.upstream.connection(2);
    await next.request();
    next.respond(OK);
    expect((await observer.over()).body).toBe('ok');
  });

  it('delivers nothing for an exchange that is aborted meanwhile, and serves the next on the new connection', async () => {
    let open = (): void => undefined;
    const real = connector(`http://127.0.0.1:${fixture.upstream.port}`, { timeoutMs: 5000 });
    let count = 0;
    fixture.open({
      maxConnections: 1,
      connect: (...args) => ((count += 1) === 1 ? real(...args) : void (open = () => real(...args))),
    });
    await fixture.exchange(0);
    const [observer, other] = [new ObserverSpy(), new ObserverSpy()];
    const exchange = dispatch('GET', null, observer);
    const connection = await fixture.upstream.connection(0);
    await connection.request();
    connection.socket.end();
    await until('the new connection', () => count === 2);
    exchange.abort();
    dispatch('GET', null, other);
    await nextTurn();
    open();
    const next = await fixture.upstream.connection(1);
    await next.request();
    next.respond(OK);
    expect([(await other.over()).body, observer.calls, count]).toEqual(['ok', ['sending'], 2]);
  });

  it('fails as a reset when the upstream cannot be reached any more, because it was sent once', async () => {
    const [observer, connection] = await reuse('GET');
    fixture.upstream.server.close();
    connection.socket.end();
    expect((await observer.over()).error).toMatchObject({ kind: 'reset', cause: { code: 'ECONNREFUSED' } });
    expect(observer.calls).toEqual(['sending', 'error']);
  });
});
