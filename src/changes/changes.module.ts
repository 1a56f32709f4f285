import { Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { AppConfig } from '../config/app.config.js';
import { RedisModule } from '../redis/redis.module.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { AuditHeadLog } from './audit.head.log.js';
import { AuditLedger } from './audit.ledger.js';
import { AuditRetention } from './audit.retention.js';
import { AuditTrail } from './audit.trail.js';
import { ChangeEntity } from './change.entity.js';
import { ChangeFeed } from './change.feed.js';
import { ChangePush, NoPush } from './change.push.js';
import { ChangeReader } from './change.reader.js';
import { Changes } from './changes.js';
import { DeniedRows } from './denied.rows.js';
import { PostgresPush } from './postgres.push.js';
import { QuestionCounter } from './question.counter.js';
import { RedisPush } from './redis.push.js';
import { ReplicaConfirmation } from './replica.confirmation.js';
import { RevisionCounter } from './revision.counter.js';
import { RevisionEntity } from './revision.entity.js';
import { SystemAudit } from './system/system.audit.js';

function pushOf({ database }: AppConfig, redis: RedisConnection): ChangePush {
  if (redis.isConfigured) return new RedisPush(redis);
  return database.driver === 'postgres' ? new PostgresPush(database.url) : new NoPush();
}

/** The writes of management calls, and their way to every replica. */
@Module({
  imports: [
    AuditModule,
    RedisModule,
    ReplicasModule,
    EventEmitterModule.forRoot({ global: false }),
    TypeOrmModule.forFeature([RevisionEntity, ChangeEntity]),
  ],
  providers: [
    RevisionCounter,
    AuditLedger,
    Changes,
    AuditTrail,
    DeniedRows,
    SystemAudit,
    AuditRetention,
    AuditHeadLog,
    ChangeFeed,
    ChangeReader,
    ReplicaConfirmation,
    QuestionCounter,
    { provide: ChangePush, inject: [AppConfig, RedisConnection], useFactory: pushOf },
  ],
  exports: [AuditModule, AuditRetention, AuditTrail, SystemAudit, Changes, ReplicaConfirmation, QuestionCounter],
})
export class ChangesModule {}
