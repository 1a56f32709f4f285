import { afterEach, describe, expect, it, vi } from 'vitest';
import { OK, PoolFixture } from '../../test/support/pool.fixture.js';
import { ObserverSpy } from '../../test/support/raw.upstream.js';
import { UpstreamPool } from './upstream.pool.js';

describe(`${UpstreamPool.name}: the greatest age of a connection`, () => {
  const fixture = PoolFixture.forTests();
  afterEach(() => vi.restoreAllMocks());

  /** From now on the clock is this much ahead. */
  function passTime(ms: number): void {
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + ms);
  }

  it('closes a connection that is in steady use after the response that runs', async () => {
    await fixture.exchange(0);
    const running = new ObserverSpy();
    fixture.send(running);
    const connection = await fixture.upstream.connection(0);
    await connection.request();
    passTime(28_000);
    connection.respond(OK);
    expect((await running.over()).body).toBe('ok');
    await connection.closed();
    await fixture.exchange(1);
  });

  it('does not reuse an idle connection of that age', async () => {
    fixture.open({ idleMs: 60_000, maxAgeMs: 5000 });
    await fixture.exchange(0);
    passTime(5000);
    expect((await fixture.exchange(1)).body).toBe('ok');
  });

  it('reuses a younger one', async () => {
    fixture.open({ idleMs: 60_000, maxAgeMs: 50_000 });
    await fixture.exchange(0);
    passTime(40_000);
    expect((await fixture.exchange(0)).body).toBe('ok');
  });
});
