import { describe, expect, it } from 'vitest';
import { nextTurn, OK, openBody, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { connector } from './upstream.connector.js';
import { UpstreamPool } from './upstream.pool.js';

describe(UpstreamPool.name, () => {
  const house = PoolFixture.forTests();

  it('uses a connection again, that used last first', async () => {
    const [first, second] = [new ObserverSpy(), new ObserverSpy()];
    house.send(first);
    house.send(second);
    const [one, two] = [await house.upstream.connection(0), await house.upstream.connection(1)];
    await Promise.all([one.request(), two.request()]);
    two.answer(OK);
    await until('one answer', () => first.isOver || second.isOver);
    one.answer(OK);
    await Promise.all([first.over(), second.over()]);
    await house.exchange(0);
    await house.exchange(0);
    expect([two.text, house.upstream.connections.length]).toEqual(['', 2]);
  });

  it('opens no more connections than it may; who waits is served in turn', async () => {
    house.open({ maxConnections: 2 });
    const all = Array.from({ length: 5 }, () => new ObserverSpy());
    for (const told of all) house.send(told);
    await house.upstream.connection(1);
    for (let served = 0; served < 5; served += 1) {
      await until('a request', () => house.upstream.connections.some(({ text }) => text !== ''));
      const connection = house.upstream.connections.find(({ text }) => text !== '')!;
      await connection.request();
      connection.answer(OK);
      await until('its end', () => all.filter(({ isOver }) => isOver).length === served + 1);
    }
    expect(house.upstream.connections).toHaveLength(2);
  });

  it('serves who waits when the connections that were there break', async () => {
    house.open({ maxConnections: 1 });
    const [first, second] = [new ObserverSpy(), new ObserverSpy()];
    house.send(first);
    house.send(second);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.socket.resetAndDestroy();
    expect((await first.over()).fault).toMatchObject({ kind: 'reset' });
    const next = await house.upstream.connection(1);
    await next.request();
    next.answer(OK);
    expect((await second.over()).body).toBe('ok');
  });

  it('fails each that waits, in turn, when no connection can be made', async () => {
    await house.upstream.close();
    house.open({ maxConnections: 1 });
    const all = Array.from({ length: 20 }, () => new ObserverSpy());
    for (const told of all) house.send(told);
    for (const told of all) expect((await told.over()).fault).toMatchObject({ kind: 'unreachable' });
    expect(all.every(({ words }) => words.join() === 'fault')).toBe(true);
  });

  it('fails what cannot be connected in time', async () => {
    house.open({
      connect: connector('http://a.test', { timeoutMs: 20, lookup: () => undefined }),
    });
    const told = new ObserverSpy();
    house.send(told);
    expect((await told.over()).fault).toMatchObject({ kind: 'connect_timeout' });
    expect(house.inside.opening).toBe(0);
  });

  it('ends all that runs, waits and connects when it is closed, and takes nothing more', async () => {
    house.open({ maxConnections: 1 });
    const [running, waiting, late] = [new ObserverSpy(), new ObserverSpy(), new ObserverSpy()];
    house.send(running);
    house.send(waiting);
    const connection = await house.upstream.connection();
    await connection.request();
    house.pool.close();
    await connection.closed();
    house.send(late);
    expect(late.words).toEqual([]);
    await Promise.all([running.over(), waiting.over(), late.over()]);
    expect([running, waiting, late].map(({ words }) => words.join())).toEqual(['sending,fault', 'fault', 'fault']);
  });

  it('keeps no connection that was still being opened when it was closed', async () => {
    const told = new ObserverSpy();
    house.send(told);
    await nextTurn();
    house.pool.close();
    await (await house.upstream.connection()).closed();
    expect((await told.over()).fault).toMatchObject({ kind: 'unreachable' });
  });

  it('closes what nobody has used for a while', async () => {
    house.open({ idleMs: 20 });
    await house.exchange(0);
    await (await house.upstream.connection()).closed();
    expect(house.inside.connections.size).toBe(0);
  });

  it('uses no connection up to the very end of what the upstream said it waits', async () => {
    await house.exchange(0, OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n'));
    await (await house.upstream.connection()).closed();
    await house.exchange(1, OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=5\r\n\r\n'));
    expect((await house.exchange(1)).body).toBe('ok');
  });

  it.each([
    ['a FIN', (): void => void house.upstream.connections[0]!.socket.end()],
    ['a reset', (): void => void house.upstream.connections[0]!.socket.resetAndDestroy()],
    ['unasked bytes', (): void => house.upstream.connections[0]!.answer(OK)],
  ])('replaces a connection that ended with %s while idle, without a word', async (_what, end) => {
    await house.exchange(0);
    end();
    await (await house.upstream.connection()).closed();
    const told = await house.exchange(1);
    expect(told.words).toEqual(['sending', 'head', 'data', 'end']);
  });

  it('closes a connection on which something follows an answer', async () => {
    const told = await house.exchange(0, `${OK}HTTP/1.1 200 OK\r\n`);
    expect(told.words).toEqual(['sending', 'head', 'data', 'end']);
    await (await house.upstream.connection()).closed();
  });

  it('leaves nothing on a connection or an exchange that is over', async () => {
    for (let i = 0; i < 15; i += 1) {
      const [told, body] = [new ObserverSpy(), openBody()];
      house.send(told, body);
      const connection = await house.upstream.connection();
      body.push(Buffer.alloc(300_000));
      body.push(null);
      await connection.request('0\r\n\r\n');
      connection.answer(OK);
      await told.over();
    }
    const [idle] = house.inside.idle as {
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
    const all = Array.from({ length: 40 }, () => new ObserverSpy());
    for (const told of all) house.send(told);
    await house.upstream.connection(39);
    await Promise.all(house.upstream.connections.map((connection) => connection.request()));
    const letters = house.upstream.connections.map((connection, i) => {
      const letter = String.fromCharCode(65 + i);
      connection.answer(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${letter.repeat(100_000)}`);
      return letter;
    });
    await Promise.all(all.map((told) => told.over()));
    const bodies = all.map(({ body }) => body);
    expect(bodies.map((body) => body[0]!).toSorted()).toEqual(letters);
    expect(bodies.every((body) => body === body[0]!.repeat(100_000))).toBe(true);
  });

  it('lets a connection rest until the turn after its answer, for a close that is on its way', async () => {
    await house.exchange(0);
    const turns: string[] = [];
    const second = new ObserverSpy({ sending: () => turns.push('sending') });
    const first = new ObserverSpy({
      end: () => {
        setImmediate(() => {
          turns.push('this turn');
          setImmediate(() => turns.push('next turn'));
        });
        house.send(second);
      },
    });
    house.send(first);
    const connection = await house.upstream.connection();
    await connection.request();
    connection.answer(OK);
    await first.over();
    await connection.request();
    connection.answer(OK);
    await second.over();
    expect(turns).toEqual(['this turn', 'next turn', 'sending']);
    expect(house.upstream.connections).toHaveLength(1);
  });

  it('reads no more than 256 KiB in a turn from one that sends without end', async () => {
    const perTurn = [0];
    const told = new ObserverSpy({
      data: () => {
        const bytes = told.pieces.pop()!.length;
        if (perTurn.at(-1) === 0) setImmediate(() => perTurn.push(0));
        perTurn[perTurn.length - 1]! += bytes;
      },
    });
    house.send(told);
    const connection = await house.upstream.connection();
    await connection.request();
    const bytes = 32 * 1024 * 1024;
    connection.answer(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`);
    await told.over();
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(256 * 1024);
    expect(perTurn.reduce((sum, some) => sum + some)).toBe(bytes);
  });
});
