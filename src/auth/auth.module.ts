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
import { SessionCredential } from './session.credential.js';
import { FormerSessions } from './session/former.sessions.js';
import { SessionEntity } from './session/session.entity.js';
import { SessionMarks } from './session/session.mark.js';
import { SessionReader } from './session/session.reader.js';

@Module({
  imports: [
    CryptoModule,
    ReplicasModule,
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: MAX_FAILURES }]),
    TypeOrmModule.forFeature([OperatorEntity, SessionEntity]),
  ],
  providers: [
    Credentials,
    FailureThrottle,
    FormerSessions,
    ManagementGuard,
    OperatorDirectory,
    SessionCredential,
    SessionMarks,
    SessionReader,
    { provide: APP_GUARD, useExisting: ManagementGuard },
  ],
  exports: [ManagementGuard, OperatorDirectory, SessionMarks, SessionReader],
})
export class AuthModule {}
