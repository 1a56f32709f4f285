import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawUpstream, Told, until } from '../../test/support/raw.upstream.js';
import { connector } from './upstream.connector.js';
import type { UpstreamExchange } from './upstream.exchange.js';
import { type PoolOptions, UpstreamPool } from './upstream.pool.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const open = (): Readable => new Readable({ read: () => undefined });

describe(UpstreamPool.name, () => {
  let upstream: RawUpstream;
  let pool: UpstreamPool;
  const poolOf = (options: Partial<PoolOptions> = {}): UpstreamPool =>
    new UpstreamPool({
      connect: connector(`http://127.0.0.1:${upstream.port}`, { timeoutMs: 5000 }),
      maxConnections: undefined,
      idleMs: 10_000,
      ...options,
    });
  const send = (told: Told, body: Buffer | Readable | null = null, more: { length?: number; method?: string } = {}) => {
    const length = body instanceof Readable ? more.length : (body?.length ?? 0);
    const headers = length ? ['Content-Length', String(length)] : [];
    return pool.dispatch({ method: more.method ?? 'POST', target: '/a', host: 'h', headers, length }, body, told);
  };
  const exchange = async (index: number, answer = OK): Promise<Told> => {
    const told = new Told();
    send(told);
    const connection = await upstream.connection(index);
    await connection.request();
    connection.answer(answer);
    return told.over();
  };
  /** Whether the pool keeps anything of an exchange. */
  const inside = () => pool as unknown as { connections: Set<object>; idle: object[]; opening: number };
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(async () => {
    upstream = await RawUpstream.open();
    pool = poolOf();
  });
  afterEach(async () => {
    pool.close();
    await upstream.close();
  });

  it('sends a request and tells its answer, in order, in a later turn', async () => {
    const told = new Told();
    send(told, Buffer.from('hello'));
    expect(told.words).toEqual([]);
    const connection = await upstream.connection();
    expect(await connection.request('hello')).toBe('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello');
    connection.answer(`HTTP/1.1 103 x\r\n\r\n${OK}`);
    await told.over();
    expect(told.words).toEqual(['sending', 'interim', 'head', 'data', 'end']);
  });

  it.each([0, 3900, 5000, 3_000_000])('sends a body of %d bytes whole', async (bytes) => {
    const told = new Told();
    send(told, Buffer.alloc(bytes, 'a'));
    const connection = await upstream.connection();
    await until('all of it', () => connection.text.endsWith(`\r\n\r\n${'a'.repeat(bytes)}`));
    connection.answer(OK);
    expect((await told.over()).body).toBe('ok');
    expect(inside().idle).toHaveLength(1);
  });

  it('refuses a body that is not as long as its head says', () => {
    const request = { method: 'POST', target: '/', host: 'h', headers: [] };
    expect(() => pool.dispatch({ ...request, length: 4 }, Buffer.from('hello'), new Told())).toThrow('not as long');
    expect(() => pool.dispatch({ ...request, length: undefined }, null, new Told())).toThrow('not as long');
  });

  it('uses a connection again, that used last first', async () => {
    const [first, second] = [new Told(), new Told()];
    send(first);
    send(second);
    const [one, two] = [await upstream.connection(0), await upstream.connection(1)];
    await Promise.all([one.request(), two.request()]);
    two.answer(OK);
    await until('one answer', () => first.isOver || second.isOver);
    one.answer(OK);
    await Promise.all([first.over(), second.over()]);
    await exchange(0);
    await exchange(0);
    expect([two.text, upstream.connections.length]).toEqual(['', 2]);
  });

  it('opens no more connections than it may; who waits is served in turn', async () => {
    pool = poolOf({ maxConnections: 2 });
    const all = Array.from({ length: 5 }, () => new Told());
    for (const told of all) send(told);
    await upstream.connection(1);
    for (let served = 0; served < 5; served += 1) {
      await until('a request', () => upstream.connections.some(({ text }) => text !== ''));
      const connection = upstream.connections.find(({ text }) => text !== '')!;
      await connection.request();
      connection.answer(OK);
      await until('its end', () => all.filter(({ isOver }) => isOver).length === served + 1);
    }
    expect(upstream.connections).toHaveLength(2);
  });

  it('serves who waits when the connections that were there break', async () => {
    pool = poolOf({ maxConnections: 1 });
    const [first, second] = [new Told(), new Told()];
    send(first);
    send(second);
    const connection = await upstream.connection();
    await connection.request();
    connection.socket.resetAndDestroy();
    expect((await first.over()).fault).toMatchObject({ kind: 'reset' });
    const next = await upstream.connection(1);
    await next.request();
    next.answer(OK);
    expect((await second.over()).body).toBe('ok');
  });

  it('fails each that waits, in turn, when no connection can be made', async () => {
    await upstream.close();
    pool = poolOf({ maxConnections: 1 });
    const all = Array.from({ length: 20 }, () => new Told());
    for (const told of all) send(told);
    for (const told of all) expect((await told.over()).fault).toMatchObject({ kind: 'unreachable' });
    expect(all.every(({ words }) => words.join() === 'fault')).toBe(true);
  });

  it('fails what cannot be connected in time', async () => {
    pool = poolOf({
      connect: connector('http://a.test', { timeoutMs: 20, lookup: () => undefined }),
    });
    const told = new Told();
    send(told);
    expect((await told.over()).fault).toMatchObject({ kind: 'connect_timeout' });
    expect(inside().opening).toBe(0);
  });

  it('tells nothing of an exchange that was aborted while it waited or connected', async () => {
    pool = poolOf({ maxConnections: 1 });
    const [connecting, waiting, last] = [new Told(), new Told(), new Told()];
    const aborted = [send(connecting), send(waiting)];
    await nextTurn();
    for (const each of aborted) each.abort();
    send(last);
    const connection = await upstream.connection();
    await connection.request();
    connection.answer(OK);
    await last.over();
    expect([connecting.words, waiting.words, upstream.connections.length]).toEqual([[], [], 1]);
  });

  it('keeps a connection that nobody needs any more for the next', async () => {
    const told = new Told();
    const aborted = send(told);
    await nextTurn();
    aborted.abort();
    await until('the connection to wait', () => inside().idle.length === 1);
    await exchange(0);
    expect(upstream.connections).toHaveLength(1);
  });

  it('closes the connection of an exchange that is aborted under way, and tells nothing more', async () => {
    const told = new Told();
    const aborted = send(told);
    const connection = await upstream.connection();
    await connection.request();
    aborted.abort();
    await connection.closed();
    expect(told.words).toEqual(['sending']);
  });

  it.each(['sending', 'head', 'data', 'end'] as const)('can be aborted within the word of its %s', async (word) => {
    const told: Told = new Told({ [word]: () => aborted.abort() });
    const aborted: UpstreamExchange = send(told);
    const connection = await upstream.connection();
    if (word !== 'sending') {
      await connection.request();
      connection.answer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n`);
    }
    await until('the word', () => told.words.includes(word));
    await nextTurn();
    expect(told.words.at(-1)).toBe(word);
    if (word !== 'end') await connection.closed();
    await exchange(word === 'end' ? 0 : 1);
  });

  it.each(['sending', 'head', 'data', 'end', 'fault'] as const)(
    'can be closed within the word of a %s',
    async (word) => {
      const told: Told = new Told({ [word]: () => pool.close() });
      send(told);
      const connection = await upstream.connection();
      if (word !== 'sending') await connection.request();
      connection.answer(word === 'fault' ? 'nonsense' : OK);
      await until('the word', () => told.words.includes(word));
      await connection.closed();
      expect(told.words.filter((each) => each === 'end' || each === 'fault')).toHaveLength(1);
      expect([inside().connections.size, inside().idle.length]).toEqual([0, 0]);
    },
  );

  it('can be asked again within the word of an end or a fault', async () => {
    const [second, third] = [new Told({ fault: () => send(third) }), new Told()];
    const first = new Told({ end: () => send(second) });
    send(first);
    const connection = await upstream.connection();
    await connection.request();
    connection.answer(OK);
    await connection.request();
    connection.answer('nonsense');
    expect((await second.over()).fault).toMatchObject({ kind: 'protocol' });
    const next = await upstream.connection(1);
    await next.request();
    next.answer(OK);
    await third.over();
  });

  it('ends all that runs, waits and connects when it is closed, and takes nothing more', async () => {
    pool = poolOf({ maxConnections: 1 });
    const [running, waiting, late] = [new Told(), new Told(), new Told()];
    send(running);
    send(waiting);
    const connection = await upstream.connection();
    await connection.request();
    pool.close();
    await connection.closed();
    send(late);
    expect(late.words).toEqual([]);
    await Promise.all([running.over(), waiting.over(), late.over()]);
    expect([running, waiting, late].map(({ words }) => words.join())).toEqual(['sending,fault', 'fault', 'fault']);
  });

  it('keeps no connection that was still being opened when it was closed', async () => {
    const told = new Told();
    send(told);
    await nextTurn();
    pool.close();
    await (await upstream.connection()).closed();
    expect((await told.over()).fault).toMatchObject({ kind: 'unreachable' });
  });

  it('closes what nobody has used for a while', async () => {
    pool = poolOf({ idleMs: 20 });
    await exchange(0);
    await (await upstream.connection()).closed();
    expect(inside().connections.size).toBe(0);
  });

  it('uses no connection up to the very end of what the upstream said it waits', async () => {
    await exchange(0, OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n'));
    await (await upstream.connection()).closed();
    await exchange(1, OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=5\r\n\r\n'));
    await exchange(1);
  });

  it.each([
    ['a FIN', (): void => void upstream.connections[0]!.socket.end()],
    ['a reset', (): void => void upstream.connections[0]!.socket.resetAndDestroy()],
    ['unasked bytes', (): void => upstream.connections[0]!.answer(OK)],
  ])('replaces a connection that ended with %s while idle, without a word', async (_what, end) => {
    await exchange(0);
    end();
    await (await upstream.connection()).closed();
    const told = await exchange(1);
    expect(told.words).toEqual(['sending', 'head', 'data', 'end']);
  });

  it('closes a connection on which something follows an answer', async () => {
    const told = await exchange(0, `${OK}HTTP/1.1 200 OK\r\n`);
    expect(told.words).toEqual(['sending', 'head', 'data', 'end']);
    await (await upstream.connection()).closed();
  });

  it('reads to its end an answer that ends with the connection', async () => {
    const told = new Told();
    send(told);
    const connection = await upstream.connection();
    await connection.request();
    connection.socket.end('HTTP/1.1 200 OK\r\n\r\nhello');
    expect((await told.over()).body).toBe('hello');
    expect(inside().connections.size).toBe(0);
  });

  it('never takes an answer that breaks off for a whole one', async () => {
    for (const end of ['end', 'resetAndDestroy'] as const)
      for (const head of ['', 'Content-Length: 9\r\n', 'Transfer-Encoding: chunked\r\n']) {
        if (end === 'end' && head === '') continue;
        const told = new Told();
        send(told);
        const connection = await upstream.connection(upstream.connections.length);
        await connection.request();
        connection.answer(`HTTP/1.1 200 OK\r\n${head}\r\n5\r\nhel`);
        await until('the beginning', () => told.head !== undefined);
        connection.socket[end]();
        expect((await told.over()).fault).toMatchObject({ kind: 'reset' });
      }
  });

  it('sends an upload once more when its connection closes before anything was written', async () => {
    await exchange(0);
    const [told, body] = [new Told(), open()];
    send(told, body, { length: 5 });
    await nextTurn();
    upstream.connections[0]!.socket.end();
    const fresh = await upstream.connection(1);
    expect(told.words).toEqual([]);
    body.push('hello');
    expect(await fresh.request('hello')).toContain('Content-Length: 5');
    body.push(null);
    fresh.answer(OK);
    expect((await told.over()).words).toEqual(['sending', 'head', 'data', 'end']);
  });

  it('tries two new connections for an upload, and no more', async () => {
    const told = new Told();
    send(told, open(), { length: 5 });
    (await upstream.connection(0)).socket.end();
    (await upstream.connection(1)).socket.end();
    expect((await told.over()).fault).toMatchObject({ kind: 'unreachable' });
    expect(upstream.connections).toHaveLength(2);
  });

  it('is not led astray by what an upstream says before a request', async () => {
    const [told, body] = [new Told(), open()];
    send(told, body, { length: 5 });
    (await upstream.connection(0)).answer(OK);
    const fresh = await upstream.connection(1);
    expect(told.words).toEqual([]);
    body.push('hello');
    await fresh.request('hello');
    fresh.answer(OK);
    body.push(null);
    expect((await told.over()).body).toBe('ok');
  });

  it.each([5_000_000, undefined])('takes an early answer to an upload of length %s, and closes', async (length) => {
    const [told, body] = [new Told(), open()];
    send(told, body, length === undefined ? {} : { length });
    const connection = await upstream.connection();
    body.push(Buffer.alloc(10));
    await until('its beginning', () => connection.text.includes('\r\n\r\n'));
    connection.answer(OK);
    expect((await told.over()).body).toBe('ok');
    await connection.closed();
    expect(body.destroyed).toBe(true);
  });

  it('closes a connection whose upstream has answered before it took the whole of a body', async () => {
    const told = new Told();
    send(told, Buffer.alloc(20_000_000));
    const connection = await upstream.connection();
    connection.socket.pause();
    connection.answer(OK);
    await told.over();
    expect(inside().connections.size).toBe(0);
  });

  it.each([4, 6])('never completes an upload of 5 bytes that has %d', async (bytes) => {
    const told = new Told();
    send(told, Readable.from([Buffer.alloc(bytes, 'a')]), { length: 5 });
    expect((await told.over()).fault).toMatchObject({ kind: 'truncated_request' });
    const connection = await upstream.connection();
    await connection.closed();
    expect(connection.text).not.toMatch(/a{5}/);
  });

  it('reads nothing while it is paused, then all that is left and the end', async () => {
    const told: Told = new Told({ head: () => running.pause() });
    const running = send(told);
    const connection = await upstream.connection();
    await connection.request();
    connection.answer('HTTP/1.1 200 OK\r\n\r\n');
    await until('the head', () => told.head !== undefined);
    let isTaken = false;
    connection.socket.end(Buffer.alloc(20_000_000, 'a'), () => (isTaken = true));
    await until('the way to be full', () => connection.socket.writableLength > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([isTaken, told.pieces.length]).toEqual([false, 0]);
    running.resume();
    expect((await told.over()).body).toHaveLength(20_000_000);
  });

  it('goes on with the next request when the last was paused in its last read', async () => {
    const told: Told = new Told({ data: () => paused.pause() });
    const paused = send(told);
    const connection = await upstream.connection();
    await connection.request();
    connection.answer(OK);
    await told.over();
    await exchange(0);
  });

  it('lets an exchange that is over neither pause nor resume the next one', async () => {
    const over: Told = new Told();
    const old = send(over);
    const connection = await upstream.connection();
    await connection.request();
    connection.answer(OK);
    await over.over();
    const told: Told = new Told({ head: () => running.pause() });
    const running = send(told);
    await connection.request();
    old.pause();
    connection.answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
    await until('the head', () => told.head !== undefined);
    old.resume();
    connection.answer('ok');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told.pieces).toEqual([]);
    running.resume();
    expect((await told.over()).body).toBe('ok');
  });

  it('leaves nothing on a connection or an exchange that is over', async () => {
    for (let i = 0; i < 15; i += 1) {
      const [told, body] = [new Told(), open()];
      send(told, body);
      const connection = await upstream.connection();
      body.push(Buffer.alloc(300_000));
      body.push(null);
      await connection.request('0\r\n\r\n');
      connection.answer(OK);
      await told.over();
    }
    const [idle] = inside().idle as {
      socket: NodeJS.EventEmitter;
      exchange?: object;
      reader?: object;
      upload?: object;
    }[];
    expect([idle!.exchange, idle!.reader, idle!.upload]).toEqual([undefined, undefined, undefined]);
    for (const name of ['error', 'end', 'close', 'drain', 'data'])
      expect(idle!.socket.listenerCount(name)).toBeLessThanOrEqual(3);
  });

  it('mixes nothing up between many connections that read at once', async () => {
    const all = Array.from({ length: 40 }, () => new Told());
    for (const told of all) send(told);
    await upstream.connection(39);
    await Promise.all(upstream.connections.map((connection) => connection.request()));
    const letters = upstream.connections.map((connection, i) => {
      const letter = String.fromCharCode(65 + i);
      connection.answer(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${letter.repeat(100_000)}`);
      return letter;
    });
    await Promise.all(all.map((told) => told.over()));
    const bodies = all.map(({ body }) => body);
    expect(bodies.map((body) => body[0]!).toSorted()).toEqual(letters);
    expect(bodies.every((body) => body === body[0]!.repeat(100_000))).toBe(true);
  });
});
