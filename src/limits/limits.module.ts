import { Module } from '@nestjs/common';
import { RedisModule } from '../redis/redis.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { Counter } from './counter.js';
import { LimitKeys } from './limit.keys.js';
import { Limits } from './limits.js';
import { MemoryCounter } from './memory.counter.js';
import { RedisCounter } from './redis.counter.js';
import { RedisLeases } from './redis.leases.js';

@Module({
  imports: [CryptoModule, RedisModule, ReplicasModule],
  providers: [
    Limits,
    LimitKeys,
    MemoryCounter,
    RedisCounter,
    RedisLeases,
    {
      provide: Counter,
      inject: [RedisConnection, RedisCounter, MemoryCounter],
      useFactory: (redis: RedisConnection, shared: RedisCounter, local: MemoryCounter): Counter =>
        redis.isConfigured ? shared : local,
    },
  ],
  exports: [Limits],
})
export class LimitsModule {}
