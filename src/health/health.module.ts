import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { HealthController } from './health.controller.js';
import { HealthSamples } from './health.samples.js';
import { HealthService } from './health.service.js';

@Module({
  imports: [AuthModule, ReplicasModule, RedisModule, MetricsModule],
  controllers: [HealthController],
  providers: [HealthService, HealthSamples],
})
export class HealthModule {}
