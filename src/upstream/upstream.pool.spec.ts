import { describe, expect, it } from 'vitest';
import { nextTurn, OK, openBody, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { connector } from './upstream.connector.js';
import { UpstreamPool } from './upstream.pool.js';

describe(UpstreamPool.name, () => {
  const fixture = PoolFixture.forTests();

  it('reuses the most recently used connection first', async () => {
    const [first, second] = [new ObserverSpy(), new ObserverSpy()];
    fixture.send(first);
    fixture.send(second);
    const [one, two] = [await fixture.upstream.connection(0), await fixture.upstream.connection(1)];
    await Promise.all([one.request(), two.request()]);
    two.respond(OK);
    await until('one response', () => first.isOver || second.isOver);
    one.respond(OK);
    await Promise.all([first.over(), second.over()]);
    await fixture.exchange(0);
    await fixture.exchange(0);
    expect([two.text, fixture.upstream.connections.length]).toEqual(['', 2]);
  });

  it('opens no more connections than allowed, and serves waiting exchanges in order', async () => {
    fixture.open({ maxConnections: 2 });
    const all = Array.from({ length: 5 }, () => new ObserverSpy());
    for (const observer of all) fixture.send(observer);
    await fixture.upstream.connection(1);
    for (let served = 0; served < 5; served += 1) {
      await until('a request', () => fixture.upstream.connections.some(({ text }) => text !== ''));
      const connection = fixture.upstream.connections.find(({ text }) => text !== '')!;
      await connection.request();
      connection.respond(OK);
      await until('the end of an exchange', () => all.filter(({ isOver }) => isOver).length === served + 1);
    }
    expect(fixture.upstream.connections).toHaveLength(2);
  });

  it('serves waiting exchanges after the open connections break', async () => {
    fixture.open({ maxConnections: 1 });
    const [first, second] = [new ObserverSpy(), new ObserverSpy()];
    fixture.send(first);
    fixture.send(second);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.socket.resetAndDestroy();
    expect((await first.over()).error).toMatchObject({ kind: 'reset' });
    const next = await fixture.upstream.connection(1);
    await next.request();
    next.respond(OK);
    expect((await second.over()).body).toBe('ok');
  });

  it('fails each waiting exchange when no connection can be made', async () => {
    await fixture.upstream.close();
    fixture.open({ maxConnections: 1 });
    const all = Array.from({ length: 20 }, () => new ObserverSpy());
    for (const observer of all) fixture.send(observer);
    for (const observer of all) expect((await observer.over()).error).toMatchObject({ kind: 'unreachable' });
    expect(all.every(({ calls }) => calls.join() === 'error')).toBe(true);
  });

  it('fails when no connection is made in time', async () => {
    fixture.open({
      connect: connector('http://a.test', { timeoutMs: 20, lookup: () => undefined }),
    });
    const observer = new ObserverSpy();
    fixture.send(observer);
    expect((await observer.over()).error).toMatchObject({ kind: 'connect_timeout' });
    expect(fixture.inside.opening).toBe(0);
  });

  it('fails running, waiting and later exchanges when it is closed', async () => {
    fixture.open({ maxConnections: 1 });
    const [running, waiting, late] = [new ObserverSpy(), new ObserverSpy(), new ObserverSpy()];
    fixture.send(running);
    fixture.send(waiting);
    const connection = await fixture.upstream.connection();
    await connection.request();
    fixture.pool.close();
    await connection.closed();
    fixture.send(late);
    expect(late.calls).toEqual([]);
    await Promise.all([running.over(), waiting.over(), late.over()]);
    expect([running, waiting, late].map(({ calls }) => calls.join())).toEqual(['sending,error', 'error', 'error']);
  });

  it('closes a connection that opens after the pool was closed', async () => {
    const observer = new ObserverSpy();
    fixture.send(observer);
    await nextTurn();
    fixture.pool.close();
    await (await fixture.upstream.connection()).closed();
    expect((await observer.over()).error).toMatchObject({ kind: 'unreachable' });
  });

  it('closes a connection that was idle for too long', async () => {
    fixture.open({ idleMs: 20 });
    await fixture.exchange(0);
    await (await fixture.upstream.connection()).closed();
    expect(fixture.inside.connections.size).toBe(0);
  });

  it('does not reuse a connection close to the end of its Keep-Alive timeout', async () => {
    await fixture.exchange(0, OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n'));
    await (await fixture.upstream.connection()).closed();
    await fixture.exchange(1, OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=5\r\n\r\n'));
    expect((await fixture.exchange(1)).body).toBe('ok');
  });

  it.each([
    ['a FIN', (): void => void fixture.upstream.connections[0]!.socket.end()],
    ['a reset', (): void => void fixture.upstream.connections[0]!.socket.resetAndDestroy()],
    ['unsolicited bytes', (): void => fixture.upstream.connections[0]!.respond(OK)],
  ])('replaces a connection that ended with %s while idle', async (_what, end) => {
    await fixture.exchange(0);
    end();
    await (await fixture.upstream.connection()).closed();
    const observer = await fixture.exchange(1);
    expect(observer.calls).toEqual(['sending', 'head', 'data', 'end']);
  });

  it('closes a connection on which bytes follow a response', async () => {
    const observer = await fixture.exchange(0, `${OK}HTTP/1.1 200 OK\r\n`);
    expect(observer.calls).toEqual(['sending', 'head', 'data', 'end']);
    await (await fixture.upstream.connection()).closed();
  });

  it('keeps no reference and no listener of an exchange that is over', async () => {
    for (let i = 0; i < 15; i += 1) {
      const [observer, body] = [new ObserverSpy(), openBody()];
      fixture.send(observer, body);
      const connection = await fixture.upstream.connection();
      body.push(Buffer.alloc(300_000));
      body.push(null);
      await connection.request('0\r\n\r\n');
      connection.respond(OK);
      await observer.over();
    }
    const [idle] = fixture.inside.idle as {
      socket: NodeJS.EventEmitter;
      exchange?: object;
      parser?: object;
      upload?: object;
    }[];
    expect([idle!.exchange, idle!.parser, idle!.upload]).toEqual([undefined, undefined, undefined]);
    for (const name of ['error', 'end', 'close', 'drain', 'data'])
      expect(idle!.socket.listenerCount(name)).toBeLessThanOrEqual(3);
  });

  it('keeps the bytes of many connections apart', async () => {
    const all = Array.from({ length: 40 }, () => new ObserverSpy());
    for (const observer of all) fixture.send(observer);
    await fixture.upstream.connection(39);
    await Promise.all(fixture.upstream.connections.map((connection) => connection.request()));
    const letters = fixture.upstream.connections.map((connection, i) => {
      const letter = String.fromCharCode(65 + i);
      connection.respond(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${letter.repeat(100_000)}`);
      return letter;
    });
    await Promise.all(all.map((observer) => observer.over()));
    const bodies = all.map(({ body }) => body);
    expect(bodies.map((body) => body[0]!).toSorted()).toEqual(letters);
    expect(bodies.every((body) => body === body[0]!.repeat(100_000))).toBe(true);
  });

  it('reuses a connection only in the turn after its response, because its close may be on the way', async () => {
    await fixture.exchange(0);
    const turns: string[] = [];
    const second = new ObserverSpy({ sending: () => turns.push('sending') });
    const first = new ObserverSpy({
      end: () => {
        setImmediate(() => {
          turns.push('this turn');
          setImmediate(() => turns.push('next turn'));
        });
        fixture.send(second);
      },
    });
    fixture.send(first);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.respond(OK);
    await first.over();
    await connection.request();
    connection.respond(OK);
    await second.over();
    expect(turns).toEqual(['this turn', 'next turn', 'sending']);
    expect(fixture.upstream.connections).toHaveLength(1);
  });

  it('reads no more than 256 KiB in a turn from a fast upstream', async () => {
    const perTurn = [0];
    const observer = new ObserverSpy({
      data: () => {
        const bytes = observer.pieces.pop()!.length;
        if (perTurn.at(-1) === 0) setImmediate(() => perTurn.push(0));
        perTurn[perTurn.length - 1]! += bytes;
      },
    });
    fixture.send(observer);
    const connection = await fixture.upstream.connection();
    await connection.request();
    const bytes = 32 * 1024 * 1024;
    connection.respond(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`);
    await observer.over();
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(256 * 1024);
    expect(perTurn.reduce((sum, some) => sum + some)).toBe(bytes);
  });
});
