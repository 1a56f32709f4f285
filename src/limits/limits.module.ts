import { Module } from '@nestjs/common';
import { RedisConnection } from '../redis/redis.connection.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { Counter } from './counter.js';
import { LimitKeys } from './limit.keys.js';
import { Limits } from './limits.js';
import { MemoryCounter } from './memory.counter.js';
import { RedisCounter } from './redis.counter.js';
import { RedisLeases } from './redis.leases.js';

@Module({
  imports: [ReplicasModule],
  providers: [
    Limits,
    LimitKeys,
    MemoryCounter,
    RedisCounter,
    RedisLeases,
    {
      provide: Counter,
      inject: [RedisConnection, RedisCounter, MemoryCounter],
      useFactory: (redis: RedisConnection, shared: RedisCounter, memory: MemoryCounter): Counter =>
        redis.isConfigured ? shared : memory,
    },
  ],
  exports: [Limits],
})
export class LimitsModule {}
