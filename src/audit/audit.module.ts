import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AuditChain } from './audit.chain.js';
import { ChainVerification } from './chain.verification.js';
import { FileFeeder } from './file.feeder.js';
import { AuditEventEntity } from './row/audit.event.entity.js';

/** The rows of the audit log. `changes` writes them. */
@Module({
  imports: [MetricsModule, TypeOrmModule.forFeature([AuditEventEntity])],
  providers: [AuditChain, ChainVerification, FileFeeder],
  exports: [AuditChain, ChainVerification, FileFeeder],
})
export class AuditModule {}
