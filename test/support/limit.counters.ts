import { loadConfig } from '../../src/config/config.loader.js';
import type { Variables } from '../../src/config/values/variables.js';
import { KeyRing } from '../../src/crypto/key.ring.js';
import { Counter } from '../../src/limits/counter.js';
import { LimitKeys } from '../../src/limits/limit.keys.js';
import { MemoryCounter } from '../../src/limits/memory.counter.js';
import { RedisCounter } from '../../src/limits/redis.counter.js';
import { RedisLeases } from '../../src/limits/redis.leases.js';
import type { ReplicaRegistry } from '../../src/replicas/replica.registry.js';
import { RedisConnection } from '../../src/redis/redis.connection.js';
import { MANAGEMENT_TOKEN, until } from './app.js';

export interface OpenCounter {
  counter: Counter;
  redis: RedisConnection;
  close(): Promise<void>;
}

let prefixes = 0;

/** A counter as the application wires it, over keys of its own. */
export async function redisCounter(url: string, variables: Variables = {}): Promise<OpenCounter> {
  prefixes += 1;
  const { config } = loadConfig({
    MANAGEMENT_TOKEN,
    REDIS_URL: url,
    // A shared machine may be slow; what a timeout does has tests of its own.
    REDIS_COMMAND_TIMEOUT: '2s',
    DISTRIBUTED_RATE_LIMIT_PREFIX: `test:${process.pid}:${prefixes}:`,
    ...variables,
  });
  const redis = new RedisConnection(config);
  const leases = new RedisLeases(redis);
  const keys = new LimitKeys(config, new KeyRing(config));
  const counter = new RedisCounter(
    redis,
    leases,
    keys,
    new MemoryCounter({ liveServers: 1 } as ReplicaRegistry),
    config,
  );
  redis.onModuleInit();
  await until('Redis answers', () => redis.isUp);
  return {
    counter,
    redis,
    close: async () => {
      leases.close();
      await redis.close();
    },
  };
}
