import type { RedisClientType } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Demand } from '../../src/limits/counter.js';
import { SLOT_LEASE_MS } from '../../src/limits/redis.leases.js';
import { until } from '../support/app.js';
import { type OpenCounter, redisCounter } from '../support/limit.counters.js';
import { redisClient } from '../support/redis.client.js';
import { TcpProxy } from '../support/tcp.proxy.js';

describe.skipIf(inject('redis') === null)('a slot in Redis', () => {
  let admin: RedisClientType;
  const open: OpenCounter[] = [];
  const prefix = `test:leases:${process.pid}:`;
  const replica = async (): Promise<OpenCounter> => {
    const counter = await redisCounter(inject('redis')!, { DISTRIBUTED_RATE_LIMIT_PREFIX: prefix });
    open.push(counter);
    return counter;
  };
  const demand = (id: string): Demand => ({ windows: [], slots: [{ scope: 'token', id, max: 1 }] });
  /** As if so much time had passed. */
  const age = async (ms: number): Promise<number> => {
    const [key] = await admin.keys(`${prefix}running:*`);
    const [lease] = await admin.zRange(key!, 0, -1);
    return admin.zIncrBy(key!, -ms, lease!);
  };

  beforeAll(async () => {
    admin = await redisClient(inject('redis')!);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(open.splice(0).map((counter) => counter.close()));
    for (const key of await admin.keys(`${prefix}*`)) await admin.del(key);
  });
  afterAll(() => admin.destroy());

  it('lapses with its replica', async () => {
    const [dead, alive] = [await replica(), await replica()];
    await dead.counter.take(demand('a'));
    await dead.close();
    await expect(alive.counter.take(demand('a'))).rejects.toMatchObject({ code: 'concurrency_exceeded' });
    await age(SLOT_LEASE_MS);
    await alive.counter.take(demand('a'));
  });

  it('is renewed until its release, by one timer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const [holder, other] = [await replica(), await replica()];
    const grant = await holder.counter.take(demand('b'));
    const aged = await age(SLOT_LEASE_MS / 2);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(SLOT_LEASE_MS / 3);
    await until('it is renewed', async () => (await age(0)) > aged);
    await expect(other.counter.take(demand('b'))).rejects.toMatchObject({ code: 'concurrency_exceeded' });
    grant.release();
    await until('it is free', async () => (await admin.keys(`${prefix}running:*`)).length === 0);
    await vi.advanceTimersByTimeAsync(SLOT_LEASE_MS);
    await other.counter.take(demand('b'));
  });

  describe('of which Redis’s reply is lost', () => {
    let wire: TcpProxy;
    beforeAll(async () => {
      wire = await TcpProxy.start(Number(new URL(inject('redis')!).port || 6379));
    });
    afterAll(() => wire.close());

    const leases = async (): Promise<string[]> => {
      const keys = await admin.keys(`${prefix}running:*`);
      return (await Promise.all(keys.map((key) => admin.zRange(key, 0, -1)))).flat();
    };
    /** A counter whose next take is counted in Redis, and whose reply is lost. */
    const withoutReply = async (variables = {}): Promise<OpenCounter> => {
      const counter = await redisCounter(wire.through(inject('redis')!), {
        DISTRIBUTED_RATE_LIMIT_PREFIX: prefix,
        REDIS_COMMAND_TIMEOUT: '1s',
        ...variables,
      });
      open.push(counter);
      // So that Redis knows the script.
      (await counter.counter.take(demand('before'))).release();
      await until('nothing runs', async () => (await leases()).length === 0);
      wire.dropServerToClient();
      return counter;
    };
    const back = async ({ redis }: OpenCounter): Promise<void> => {
      expect(redis.isUp).toBe(false);
      wire.dropServerToClient(false);
      await until('Redis is back', () => redis.isUp);
    };

    it('is the slot of the request that goes on without it', async () => {
      const holder = await withoutReply();
      const grant = await holder.counter.take(demand('c'));
      const [lease, ...others] = await leases();
      expect([typeof lease, others]).toEqual(['string', []]);
      const aged = await age(1000);
      await back(holder);
      await until('it is renewed', async () => (await age(0)) > aged);
      expect(await leases()).toEqual([lease]);
      grant.release();
      await until('it is free', async () => (await leases()).length === 0);
    });

    it('is free when Redis is back, if the request has ended', async () => {
      const holder = await withoutReply();
      const grant = await holder.counter.take(demand('d'));
      grant.release();
      expect(await leases()).toHaveLength(1);
      await back(holder);
      await until('it is free', async () => (await leases()).length === 0);
    });

    it('is free when Redis is back, if the request was refused here', async () => {
      const holder = await withoutReply({ DISTRIBUTED_RATE_LIMIT_FALLBACK: 'false' });
      await expect(holder.counter.take(demand('e'))).rejects.toMatchObject({ code: 'limits_unavailable' });
      expect(await leases()).toHaveLength(1);
      await back(holder);
      await until('it is free', async () => (await leases()).length === 0);
    });
  });
});
