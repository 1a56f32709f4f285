import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { nextTurn, OK, openBody, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { UpstreamExchange } from './upstream.exchange.js';

describe(UpstreamExchange.name, () => {
  const fixture = PoolFixture.forTests();

  it('sends a request and delivers its response, in order, in a later turn', async () => {
    const observer = new ObserverSpy();
    fixture.send(observer, Buffer.from('hello'));
    expect(observer.calls).toEqual([]);
    const connection = await fixture.upstream.connection();
    expect(await connection.request('hello')).toBe('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello');
    connection.respond(`HTTP/1.1 103 x\r\n\r\n${OK}`);
    await observer.over();
    expect(observer.calls).toEqual(['sending', 'informational', 'head', 'data', 'end']);
  });

  it.each([0, 3900, 5000, 3_000_000])('sends a body of %d bytes whole', async (bytes) => {
    const observer = new ObserverSpy();
    fixture.send(observer, Buffer.alloc(bytes, 'a'));
    const connection = await fixture.upstream.connection();
    await until('the whole body', () => connection.text.endsWith(`\r\n\r\n${'a'.repeat(bytes)}`));
    connection.respond(OK);
    expect((await observer.over()).body).toBe('ok');
    expect(fixture.inside.idle).toHaveLength(1);
  });

  it('refuses a body that does not have the length of its head', () => {
    const request = { method: 'POST', target: '/', host: 'h', headers: [] };
    expect(() => fixture.pool.dispatch({ ...request, length: 4 }, Buffer.from('hello'), new ObserverSpy())).toThrow(
      'does not have the length',
    );
    expect(() => fixture.pool.dispatch({ ...request, length: undefined }, null, new ObserverSpy())).toThrow(
      'does not have the length',
    );
  });

  it('delivers nothing for an exchange that was aborted while it waited or connected', async () => {
    fixture.open({ maxConnections: 1 });
    const [connecting, waiting, last] = [new ObserverSpy(), new ObserverSpy(), new ObserverSpy()];
    const aborted = [fixture.send(connecting), fixture.send(waiting)];
    await nextTurn();
    for (const each of aborted) each.abort();
    fixture.send(last);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.respond(OK);
    await last.over();
    expect([connecting.calls, waiting.calls, fixture.upstream.connections.length]).toEqual([[], [], 1]);
  });

  it('keeps a connection whose exchange was aborted before it opened', async () => {
    const observer = new ObserverSpy();
    const aborted = fixture.send(observer);
    await nextTurn();
    aborted.abort();
    await until('the connection to be idle', () => fixture.inside.idle.length === 1);
    await fixture.exchange(0);
    expect(fixture.upstream.connections).toHaveLength(1);
  });

  it('closes the connection of a running exchange that is aborted, and delivers nothing more', async () => {
    const observer = new ObserverSpy();
    const aborted = fixture.send(observer);
    const connection = await fixture.upstream.connection();
    await connection.request();
    aborted.abort();
    await connection.closed();
    expect(observer.calls).toEqual(['sending']);
  });

  it.each(['sending', 'head', 'data', 'end'] as const)('can be aborted in the callback of its %s', async (call) => {
    const observer: ObserverSpy = new ObserverSpy({ [call]: () => aborted.abort() });
    const aborted: UpstreamExchange = fixture.send(observer);
    const connection = await fixture.upstream.connection();
    if (call !== 'sending') {
      await connection.request();
      connection.respond(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n`);
    }
    await until('the callback', () => observer.calls.includes(call));
    await nextTurn();
    expect(observer.calls.at(-1)).toBe(call);
    if (call !== 'end') await connection.closed();
    await fixture.exchange(call === 'end' ? 0 : 1);
  });

  it.each(['sending', 'head', 'data', 'end', 'error'] as const)(
    'can be closed in the callback of its %s',
    async (call) => {
      const observer: ObserverSpy = new ObserverSpy({ [call]: () => fixture.pool.close() });
      fixture.send(observer);
      const connection = await fixture.upstream.connection();
      if (call !== 'sending') await connection.request();
      connection.respond(call === 'error' ? 'nonsense' : OK);
      await until('the callback', () => observer.calls.includes(call));
      await connection.closed();
      expect(observer.calls.filter((each) => each === 'end' || each === 'error')).toHaveLength(1);
      expect([fixture.inside.connections.size, fixture.inside.idle.length]).toEqual([0, 0]);
    },
  );

  it('can be followed by another request in the callback of its end or error', async () => {
    const [second, third] = [new ObserverSpy({ error: () => fixture.send(third) }), new ObserverSpy()];
    const first = new ObserverSpy({ end: () => fixture.send(second) });
    fixture.send(first);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.respond(OK);
    await connection.request();
    connection.respond('nonsense');
    expect((await second.over()).error).toMatchObject({ kind: 'protocol' });
    const next = await fixture.upstream.connection(1);
    await next.request();
    next.respond(OK);
    await third.over();
  });

  it('reads a response that ends with the connection to its end', async () => {
    const observer = new ObserverSpy();
    fixture.send(observer);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.socket.end('HTTP/1.1 200 OK\r\n\r\nhello');
    expect((await observer.over()).body).toBe('hello');
    expect(fixture.inside.connections.size).toBe(0);
  });

  it('reports a response that breaks off as an error', async () => {
    for (const end of ['end', 'resetAndDestroy'] as const)
      for (const head of ['', 'Content-Length: 9\r\n', 'Transfer-Encoding: chunked\r\n']) {
        if (end === 'end' && head === '') continue;
        const observer = new ObserverSpy();
        fixture.send(observer);
        const connection = await fixture.upstream.connection(fixture.upstream.connections.length);
        await connection.request();
        connection.respond(`HTTP/1.1 200 OK\r\n${head}\r\n5\r\nhel`);
        await until('the head', () => observer.head !== undefined);
        connection.socket[end]();
        expect((await observer.over()).error).toMatchObject({ kind: 'reset' });
      }
  });

  it('sends an upload again when its connection closes before anything was written', async () => {
    await fixture.exchange(0);
    const [observer, body] = [new ObserverSpy(), openBody()];
    fixture.send(observer, body, { length: 5 });
    await nextTurn();
    fixture.upstream.connections[0]!.socket.end();
    const fresh = await fixture.upstream.connection(1);
    expect(observer.calls).toEqual([]);
    body.push('hello');
    expect(await fresh.request('hello')).toContain('Content-Length: 5');
    body.push(null);
    fresh.respond(OK);
    expect((await observer.over()).calls).toEqual(['sending', 'head', 'data', 'end']);
  });

  it('tries two new connections for an upload, and no more', async () => {
    const observer = new ObserverSpy();
    fixture.send(observer, openBody(), { length: 5 });
    (await fixture.upstream.connection(0)).socket.end();
    (await fixture.upstream.connection(1)).socket.end();
    expect((await observer.over()).error).toMatchObject({ kind: 'unreachable' });
    expect(fixture.upstream.connections).toHaveLength(2);
  });

  it('ignores bytes that the upstream sends before a request', async () => {
    const [observer, body] = [new ObserverSpy(), openBody()];
    fixture.send(observer, body, { length: 5 });
    (await fixture.upstream.connection(0)).respond(OK);
    const fresh = await fixture.upstream.connection(1);
    expect(observer.calls).toEqual([]);
    body.push('hello');
    await fresh.request('hello');
    fresh.respond(OK);
    body.push(null);
    expect((await observer.over()).body).toBe('ok');
  });

  it.each([5_000_000, undefined])(
    'reads an early response to an upload of length %s, and closes the connection',
    async (length) => {
      const [observer, body] = [new ObserverSpy(), openBody()];
      fixture.send(observer, body, length === undefined ? {} : { length });
      const connection = await fixture.upstream.connection();
      body.push(Buffer.alloc(10));
      await until('the head', () => connection.text.includes('\r\n\r\n'));
      connection.respond(OK);
      expect((await observer.over()).body).toBe('ok');
      await connection.closed();
      expect(body.destroyed).toBe(true);
    },
  );

  it('closes a connection whose upstream has responded before it read the whole body', async () => {
    const observer = new ObserverSpy();
    fixture.send(observer, Buffer.alloc(20_000_000));
    const connection = await fixture.upstream.connection();
    connection.socket.pause();
    connection.respond(OK);
    await observer.over();
    expect(fixture.inside.connections.size).toBe(0);
  });

  it.each([4, 6])('never completes an upload of 5 bytes that has %d', async (bytes) => {
    const observer = new ObserverSpy();
    fixture.send(observer, Readable.from([Buffer.alloc(bytes, 'a')]), { length: 5 });
    expect((await observer.over()).error).toMatchObject({ kind: 'truncated_request' });
    const connection = await fixture.upstream.connection();
    await connection.closed();
    expect(connection.text).not.toMatch(/a{5}/);
  });
});
