import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextTurn, OK, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy } from '../../test/support/raw.upstream.js';
import { connector } from './upstream.connector.js';
import { UpstreamPool } from './upstream.pool.js';

describe(`${UpstreamPool.name} with all its connections in use`, () => {
  const fixture = PoolFixture.forTests();
  afterEach(() => vi.restoreAllMocks());

  /** From now on the clock is this much ahead. */
  function passTime(ms: number): void {
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + ms);
  }

  it('refuses the requests that waited for a second, unsent, and serves the others', async () => {
    fixture.open({ maxConnections: 1 });
    const [running, late, punctual] = [new ObserverSpy(), new ObserverSpy(), new ObserverSpy()];
    fixture.send(running);
    const connection = await fixture.upstream.connection(0);
    await connection.request();
    fixture.send(late);
    await nextTurn();
    passTime(1000);
    fixture.send(punctual);
    expect((await late.over()).error).toMatchObject({ kind: 'overloaded' });
    expect([late.calls, punctual.calls]).toEqual([['error'], []]);
    connection.respond(OK);
    await running.over();
    await connection.request();
    connection.respond(OK);
    expect((await punctual.over()).body).toBe('ok');
  });

  it('does not refuse a request for which a connection is being opened', async () => {
    const real = connector(`http://127.0.0.1:${fixture.upstream.port}`, { timeoutMs: 5000 });
    let open = (): void => undefined;
    fixture.open({ maxConnections: 1, connect: (...args) => void (open = () => real(...args)) });
    const [first, second] = [new ObserverSpy(), new ObserverSpy()];
    fixture.send(first);
    fixture.send(second);
    await nextTurn();
    passTime(1000);
    expect((await second.over()).error).toMatchObject({ kind: 'overloaded' });
    open();
    const connection = await fixture.upstream.connection(0);
    await connection.request();
    connection.respond(OK);
    expect((await first.over()).body).toBe('ok');
  });

  it('stops checking once none waits', async () => {
    fixture.open({ maxConnections: 1 });
    const [running, waiting] = [new ObserverSpy(), new ObserverSpy()];
    fixture.send(running);
    const connection = await fixture.upstream.connection(0);
    await connection.request();
    fixture.send(waiting).abort();
    fixture.send(waiting);
    await nextTurn();
    passTime(1000);
    expect((await waiting.over()).error).toMatchObject({ kind: 'overloaded' });
    expect((fixture.pool as unknown as { refuser: unknown }).refuser).toBeUndefined();
  });
});
