import { type DynamicModule, Module } from '@nestjs/common';
import { ChangesModule } from './changes/changes.module.js';
import { ClockModule } from './common/values/clock.module.js';
import type { AppConfig } from './config/app.config.js';
import { ConfigModule } from './config/config.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { DatabaseModule } from './database/database.module.js';
import { Lifecycle } from './http/lifecycle.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RedisModule } from './redis/redis.module.js';
import { REPLICA_ROLE, type ReplicaRole } from './replicas/replica.role.js';
import { Shutdown } from './shutdown.order.js';

export interface CoreOptions {
  readonly config: AppConfig;
  readonly role: ReplicaRole;
  readonly lifecycle: Lifecycle;
}

/** What every process on a database needs, whether it serves HTTP or not. */
@Module({})
export class CoreModule {
  static forRoot({ config, role, lifecycle }: CoreOptions): DynamicModule {
    return {
      module: CoreModule,
      imports: [
        ClockModule,
        ConfigModule.forRoot(config),
        CryptoModule,
        DatabaseModule,
        RedisModule,
        MetricsModule,
        ChangesModule,
      ],
      // Global for what the process itself is: its role, and whether it stops.
      global: true,
      providers: [Shutdown, { provide: REPLICA_ROLE, useValue: role }, { provide: Lifecycle, useValue: lifecycle }],
      exports: [REPLICA_ROLE, Lifecycle],
    };
  }
}
