import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { ChangesModule } from '../changes/changes.module.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { EventsModule } from '../events/events.module.js';
import { DatabaseCheck } from './database.check.js';
import { EventsCheck } from './events.check.js';
import { HealthController } from './health.controller.js';
import { HealthSamples } from './health.samples.js';
import { HealthService } from './health.service.js';
import { OptionalChecks } from './optional.checks.js';
import { ReplicaReport } from './system/replica.report.js';
import { StoreReport } from './system/store.report.js';
import { SystemController } from './system/system.controller.js';
import { SystemService } from './system/system.service.js';

@Module({
  imports: [
    AuditModule,
    AuthModule,
    ChangesModule,
    CryptoModule,
    EventsModule,
    ReplicasModule,
    RedisModule,
    MetricsModule,
  ],
  controllers: [HealthController, SystemController],
  providers: [
    DatabaseCheck,
    EventsCheck,
    OptionalChecks,
    HealthService,
    HealthSamples,
    ReplicaReport,
    StoreReport,
    SystemService,
  ],
})
export class HealthModule {}
