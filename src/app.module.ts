import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { CommonModule } from './http/http.module.js';
import type { Lifecycle } from './http/lifecycle.js';
import type { AppConfig } from './config/app.config.js';
import { ConfigModule } from './config/config.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { ReplicasModule } from './replicas/replicas.module.js';
import { ProjectModule } from './project/project.module.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { RedisModule } from './redis/redis.module.js';
import { ChangesModule } from './changes/changes.module.js';
import { TokenModule } from './token/token.module.js';

/** The plan of the house: which rooms exist. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfig, lifecycle: Lifecycle): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CommonModule.forRoot(lifecycle),
        ConfigModule.forRoot(config),
        CryptoModule,
        DatabaseModule,
        RedisModule,
        EventsModule,
        AuthModule,
        ReplicasModule,
        ChangesModule,
        ProjectModule,
        TokenModule,
        ProxyModule,
        HealthModule,
      ],
    };
  }
}
