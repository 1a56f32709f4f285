import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CryptoModule } from '../crypto/crypto.module.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { Credentials } from './credentials.js';
import { FailureThrottle, MAX_FAILURES } from './failure.throttle.js';
import { ManagementGuard } from './management.guard.js';
import { OperatorDirectory } from './operator.directory.js';
import { OperatorEntity } from './operator.entity.js';

@Module({
  imports: [
    CryptoModule,
    ReplicasModule,
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: MAX_FAILURES }]),
    TypeOrmModule.forFeature([OperatorEntity]),
  ],
  providers: [
    Credentials,
    FailureThrottle,
    ManagementGuard,
    OperatorDirectory,
    { provide: APP_GUARD, useExisting: ManagementGuard },
  ],
  exports: [ManagementGuard, OperatorDirectory],
})
export class AuthModule {}
