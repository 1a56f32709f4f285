import type { RedisClientType } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { LEASE_MS } from '../src/limits/redis.leases.js';
import { until } from './support/app.js';
import { type OpenCounter, redisCounter } from './support/limit.counters.js';
import { redisClient } from './support/redis.client.js';

describe.skipIf(inject('redis') === null)('a slot in Redis', () => {
  let admin: RedisClientType;
  const open: OpenCounter[] = [];
  const prefix = `test:leases:${process.pid}:`;
  const replica = async (): Promise<OpenCounter> => {
    const counter = await redisCounter(inject('redis')!, { DISTRIBUTED_RATE_LIMIT_PREFIX: prefix });
    open.push(counter);
    return counter;
  };
  const demand = (tokenId: string) => ({ windows: [], slots: { tokenId, max: 1 } });
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

  it('lapses with the replica that held it', async () => {
    const [dead, alive] = [await replica(), await replica()];
    await dead.counter.take(demand('a'));
    await dead.close();
    await expect(alive.counter.take(demand('a'))).rejects.toMatchObject({ code: 'concurrency_exceeded' });
    await age(LEASE_MS);
    await alive.counter.take(demand('a'));
  });

  it('is kept for as long as it is held, by one timer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const [holder, other] = [await replica(), await replica()];
    const grant = await holder.counter.take(demand('b'));
    const aged = await age(LEASE_MS / 2);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(LEASE_MS / 3);
    await until('it is renewed', async () => (await age(0)) > aged);
    await expect(other.counter.take(demand('b'))).rejects.toMatchObject({ code: 'concurrency_exceeded' });
    grant.release();
    await until('it is free', async () => (await admin.keys(`${prefix}running:*`)).length === 0);
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    await other.counter.take(demand('b'));
  });
});
