import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditChain } from './audit.chain.js';
import { ChainVerification } from './chain.verification.js';
import { AuditEventEntity } from './row/audit.event.entity.js';

/** The rows of the audit log. `changes` writes them. */
@Module({
  imports: [TypeOrmModule.forFeature([AuditEventEntity])],
  providers: [AuditChain, ChainVerification],
  exports: [AuditChain, ChainVerification],
})
export class AuditModule {}
