import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Freshness } from './freshness.js';
import { ReplicaEntity } from './replica.entity.js';
import { ReplicaSettingsEntity } from './replica.settings.entity.js';
import { ReplicaIdentity } from './replica.identity.js';
import { ReplicaSettings } from './replica.settings.js';
import { ReplicaRegistry } from './replica.registry.js';

/** The processes that use one database, and how long this one may believe its memory. */
@Module({
  imports: [TypeOrmModule.forFeature([ReplicaEntity, ReplicaSettingsEntity])],
  providers: [Freshness, ReplicaIdentity, ReplicaRegistry, ReplicaSettings],
  exports: [Freshness, ReplicaIdentity, ReplicaRegistry, ReplicaSettings],
})
export class ReplicasModule {}
