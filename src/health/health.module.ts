import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

@Module({ imports: [AuthModule, ReplicasModule], controllers: [HealthController], providers: [HealthService] })
export class HealthModule {}
