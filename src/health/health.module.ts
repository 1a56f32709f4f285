import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

@Module({
  imports: [AuthModule, ReplicasModule, RedisModule],
  controllers: [HealthController],
  providers: [HealthService],
})
export class HealthModule {}
