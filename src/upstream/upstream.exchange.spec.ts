import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { nextTurn, OK, openBody, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { UpstreamExchange } from './upstream.exchange.js';

describe(UpstreamExchange.name, () => {
  const house = PoolFixture.forTests();

  it('sends a request and tells its answer, in order, in a later turn', async () => {
    const told = new ObserverSpy();
    house.send(told, Buffer.from('hello'));
    expect(told.words).toEqual([]);
    const connection = await house.upstream.connection();
    expect(await connection.request('hello')).toBe('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello');
    connection.answer(`HTTP/1.1 103 x\r\n\r\n${OK}`);
    await told.over();
    expect(told.words).toEqual(['sending', 'interim', 'head', 'data', 'end']);
  });

  it.each([0, 3900, 5000, 3_000_000])('sends a body of %d bytes whole', async (bytes) => {
    const told = new ObserverSpy();
    house.send(told, Buffer.alloc(bytes, 'a'));
    const connection = await house.upstream.connection();
    await until('all of it', () => connection.text.endsWith(`\r\n\r\n${'a'.repeat(bytes)}`));
    connection.answer(OK);
    expect((await told.over()).body).toBe('ok');
    expect(house.inside.idle).toHaveLength(1);
  });

  it('refuses a body that is not as long as its head says', () => {
    const request = { method: 'POST', target: '/', host: 'h', headers: [] };
    expect(() => house.pool.dispatch({ ...request, length: 4 }, Buffer.from('hello'), new ObserverSpy())).toThrow(
      'not as long',
    );
    expect(() => house.pool.dispatch({ ...request, length: undefined }, null, new ObserverSpy())).toThrow(
      'not as long',
    );
  });

  it('tells nothing of an exchange that was aborted while it waited or connected', async () => {
    house.open({ maxConnections: 1 });
    const [connecting, waiting, last] = [new ObserverSpy(), new ObserverSpy(), new ObserverSpy()];
    const aborted = [house.send(connecting), house.send(waiting)];
    await nextTurn();
    for (const each of aborted) each.abort();
    house.send(last);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.answer(OK);
    await last.over();
    expect([connecting.words, waiting.words, house.upstream.connections.length]).toEqual([[], [], 1]);
  });

  it('keeps a connection that nobody needs any more for the next', async () => {
    const told = new ObserverSpy();
    const aborted = house.send(told);
    await nextTurn();
    aborted.abort();
    await until('the connection to wait', () => house.inside.idle.length === 1);
    await house.exchange(0);
    expect(house.upstream.connections).toHaveLength(1);
  });

  it('closes the connection of an exchange that is aborted under way, and tells nothing more', async () => {
    const told = new ObserverSpy();
    const aborted = house.send(told);
    const connection = await house.upstream.connection();
    await connection.request();
    aborted.abort();
    await connection.closed();
    expect(told.words).toEqual(['sending']);
  });

  it.each(['sending', 'head', 'data', 'end'] as const)('can be aborted within the word of its %s', async (word) => {
    const told: ObserverSpy = new ObserverSpy({ [word]: () => aborted.abort() });
    const aborted: UpstreamExchange = house.send(told);
    const connection = await house.upstream.connection();
    if (word !== 'sending') {
      await connection.request();
      connection.answer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n`);
    }
    await until('the word', () => told.words.includes(word));
    await nextTurn();
    expect(told.words.at(-1)).toBe(word);
    if (word !== 'end') await connection.closed();
    await house.exchange(word === 'end' ? 0 : 1);
  });

  it.each(['sending', 'head', 'data', 'end', 'fault'] as const)(
    'can be closed within the word of a %s',
    async (word) => {
      const told: ObserverSpy = new ObserverSpy({ [word]: () => house.pool.close() });
      house.send(told);
      const connection = await house.upstream.connection();
      if (word !== 'sending') await connection.request();
      connection.answer(word === 'fault' ? 'nonsense' : OK);
      await until('the word', () => told.words.includes(word));
      await connection.closed();
      expect(told.words.filter((each) => each === 'end' || each === 'fault')).toHaveLength(1);
      expect([house.inside.connections.size, house.inside.idle.length]).toEqual([0, 0]);
    },
  );

  it('can be asked again within the word of an end or a fault', async () => {
    const [second, third] = [new ObserverSpy({ fault: () => house.send(third) }), new ObserverSpy()];
    const first = new ObserverSpy({ end: () => house.send(second) });
    house.send(first);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.answer(OK);
    await connection.request();
    connection.answer('nonsense');
    expect((await second.over()).fault).toMatchObject({ kind: 'protocol' });
    const next = await house.upstream.connection(1);
    await next.request();
    next.answer(OK);
    await third.over();
  });

  it('reads to its end an answer that ends with the connection', async () => {
    const told = new ObserverSpy();
    house.send(told);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.socket.end('HTTP/1.1 200 OK\r\n\r\nhello');
    expect((await told.over()).body).toBe('hello');
    expect(house.inside.connections.size).toBe(0);
  });

  it('never takes an answer that breaks off for a whole one', async () => {
    for (const end of ['end', 'resetAndDestroy'] as const)
      for (const head of ['', 'Content-Length: 9\r\n', 'Transfer-Encoding: chunked\r\n']) {
        if (end === 'end' && head === '') continue;
        const told = new ObserverSpy();
        house.send(told);
        const connection = await house.upstream.connection(house.upstream.connections.length);
        await connection.request();
        connection.answer(`HTTP/1.1 200 OK\r\n${head}\r\n5\r\nhel`);
        await until('the beginning', () => told.head !== undefined);
        connection.socket[end]();
        expect((await told.over()).fault).toMatchObject({ kind: 'reset' });
      }
  });

  it('sends an upload once more when its connection closes before anything was written', async () => {
    await house.exchange(0);
    const [told, body] = [new ObserverSpy(), openBody()];
    house.send(told, body, { length: 5 });
    await nextTurn();
    house.upstream.connections[0]!.socket.end();
    const fresh = await house.upstream.connection(1);
    expect(told.words).toEqual([]);
    body.push('hello');
    expect(await fresh.request('hello')).toContain('Content-Length: 5');
    body.push(null);
    fresh.answer(OK);
    expect((await told.over()).words).toEqual(['sending', 'head', 'data', 'end']);
  });

  it('tries two new connections for an upload, and no more', async () => {
    const told = new ObserverSpy();
    house.send(told, openBody(), { length: 5 });
    (await house.upstream.connection(0)).socket.end();
    (await house.upstream.connection(1)).socket.end();
    expect((await told.over()).fault).toMatchObject({ kind: 'unreachable' });
    expect(house.upstream.connections).toHaveLength(2);
  });

  it('is not led astray by what an upstream says before a request', async () => {
    const [told, body] = [new ObserverSpy(), openBody()];
    house.send(told, body, { length: 5 });
    (await house.upstream.connection(0)).answer(OK);
    const fresh = await house.upstream.connection(1);
    expect(told.words).toEqual([]);
    body.push('hello');
    await fresh.request('hello');
    fresh.answer(OK);
    body.push(null);
    expect((await told.over()).body).toBe('ok');
  });

  it.each([5_000_000, undefined])('takes an early answer to an upload of length %s, and closes', async (length) => {
    const [told, body] = [new ObserverSpy(), openBody()];
    house.send(told, body, length === undefined ? {} : { length });
    const connection = await house.upstream.connection();
    body.push(Buffer.alloc(10));
    await until('its beginning', () => connection.text.includes('\r\n\r\n'));
    connection.answer(OK);
    expect((await told.over()).body).toBe('ok');
    await connection.closed();
    expect(body.destroyed).toBe(true);
  });

  it('closes a connection whose upstream has answered before it took the whole of a body', async () => {
    const told = new ObserverSpy();
    house.send(told, Buffer.alloc(20_000_000));
    const connection = await house.upstream.connection();
    connection.socket.pause();
    connection.answer(OK);
    await told.over();
    expect(house.inside.connections.size).toBe(0);
  });

  it.each([4, 6])('never completes an upload of 5 bytes that has %d', async (bytes) => {
    const told = new ObserverSpy();
    house.send(told, Readable.from([Buffer.alloc(bytes, 'a')]), { length: 5 });
    expect((await told.over()).fault).toMatchObject({ kind: 'truncated_request' });
    const connection = await house.upstream.connection();
    await connection.closed();
    expect(connection.text).not.toMatch(/a{5}/);
  });

  it('reads nothing while it is paused, then all that is left and the end', async () => {
    const told: ObserverSpy = new ObserverSpy({ head: () => running.pause() });
    const running = house.send(told);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.answer('HTTP/1.1 200 OK\r\n\r\n');
    await until('the head', () => told.head !== undefined);
    let isTaken = false;
    connection.socket.end(Buffer.alloc(20_000_000, 'a'), () => (isTaken = true));
    await until('the way to be full', () => connection.socket.writableLength > 0);
    // What is readable would be read before a whole exchange on another connection is over.
    await house.exchange(1);
    expect([isTaken, told.pieces.length]).toEqual([false, 0]);
    running.resume();
    expect((await told.over()).body).toHaveLength(20_000_000);
  });

  it('goes on with the next request when the last was paused in its last read', async () => {
    const told: ObserverSpy = new ObserverSpy({ data: () => paused.pause() });
    const paused = house.send(told);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.answer(OK);
    await told.over();
    expect((await house.exchange(0)).body).toBe('ok');
  });

  it('lets an exchange that is over neither pause nor resume the next one', async () => {
    const over: ObserverSpy = new ObserverSpy();
    const old = house.send(over);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.answer(OK);
    await over.over();
    const told: ObserverSpy = new ObserverSpy({ head: () => running.pause() });
    const running = house.send(told);
    await connection.request();
    old.pause();
    connection.answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
    await until('the head', () => told.head !== undefined);
    old.resume();
    connection.answer('ok');
    await house.exchange(1);
    expect(told.pieces).toEqual([]);
    running.resume();
    expect((await told.over()).body).toBe('ok');
  });
});
