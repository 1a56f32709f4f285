import { describe, expect, it } from 'vitest';
import { OK, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import { UpstreamExchange } from './upstream.exchange.js';

describe(`${UpstreamExchange.name}, paused`, () => {
  const fixture = PoolFixture.forTests();

  it('reads nothing while it is paused, and the rest after it is resumed', async () => {
    const observer: ObserverSpy = new ObserverSpy({ head: () => running.pause() });
    const running = fixture.send(observer);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.respond('HTTP/1.1 200 OK\r\n\r\n');
    await until('the head', () => observer.head !== undefined);
    let isTaken = false;
    connection.socket.end(Buffer.alloc(20_000_000, 'a'), () => (isTaken = true));
    await until('the socket buffers to be full', () => connection.socket.writableLength > 0);
    // What is readable would be read before a whole exchange on another connection is over.
    await fixture.exchange(1);
    expect([isTaken, observer.pieces.length]).toEqual([false, 0]);
    running.resume();
    expect((await observer.over()).body).toHaveLength(20_000_000);
  });

  it('serves the next request when the last exchange was paused in its last read', async () => {
    const observer: ObserverSpy = new ObserverSpy({ data: () => paused.pause() });
    const paused = fixture.send(observer);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.respond(OK);
    await observer.over();
    expect((await fixture.exchange(0)).body).toBe('ok');
  });

  it('does not let an exchange that is over pause or resume the next one', async () => {
    const over: ObserverSpy = new ObserverSpy();
    const old = fixture.send(over);
    const connection = await fixture.upstream.connection();
    await connection.request();
    connection.respond(OK);
    await over.over();
    const observer: ObserverSpy = new ObserverSpy({ head: () => running.pause() });
    const running = fixture.send(observer);
    await connection.request();
    old.pause();
    connection.respond('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
    await until('the head', () => observer.head !== undefined);
    old.resume();
    connection.respond('ok');
    await fixture.exchange(1);
    expect(observer.pieces).toEqual([]);
    running.resume();
    expect((await observer.over()).body).toBe('ok');
  });
});
