import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AppConfig } from '../config/app.config.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { ChangeEntity } from './change.entity.js';
import { ChangeFeed } from './change.feed.js';
import { Changes } from './changes.js';
import { ChangePush, NoPush } from './change.push.js';
import { ChangeReader } from './change.reader.js';
import { Freshness } from '../replicas/freshness.js';
import { PostgresPush } from './postgres.push.js';
import { RedisPush } from './redis.push.js';
import { ReplicaConfirmation } from './replica.confirmation.js';
import { ReplicaEntity } from '../replicas/replica.entity.js';
import { ReplicaIdentity } from '../replicas/replica.identity.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import { RevisionCounter } from './revision.counter.js';
import { RevisionEntity } from './revision.entity.js';

/** How replicas are told to look; see ChangePush. */
function pushOf({ database }: AppConfig, redis: RedisConnection): ChangePush {
  if (redis.isConfigured) return new RedisPush(redis);
  return database.driver === 'postgres' ? new PostgresPush(database.url) : new NoPush();
}

/** What changed, and which replicas have heard of it. Global, so that it is stopped after everything that writes. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([RevisionEntity, ChangeEntity, ReplicaEntity])],
  providers: [
    RevisionCounter,
    Changes,
    ChangeFeed,
    ChangeReader,
    Freshness,
    ReplicaIdentity,
    ReplicaRegistry,
    ReplicaConfirmation,
    { provide: ChangePush, inject: [AppConfig, RedisConnection], useFactory: pushOf },
  ],
  exports: [Changes, Freshness, ReplicaConfirmation, ReplicaIdentity, ReplicaRegistry, RevisionCounter],
})
export class ChangesModule {}
