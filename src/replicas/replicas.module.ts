import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock } from '../common/clock.js';
import { StoreOpening } from '../database/store.opening.js';
import { ChangeEntity } from './change.entity.js';
import { ReplicaEntity } from './replica.entity.js';
import { ReplicaIdentity } from './replica.identity.js';
import { RevisionEntity } from './revision.entity.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([RevisionEntity, ChangeEntity, ReplicaEntity])],
  providers: [ReplicaIdentity],
  exports: [ReplicaIdentity],
})
export class ReplicasModule implements OnModuleInit {
  constructor(
    private readonly opening: StoreOpening,
    private readonly identity: ReplicaIdentity,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const now = this.clock.now();
    this.opening.whenMigrated(async (manager) => {
      await manager.insert(ReplicaEntity, {
        id: this.identity.id,
        name: this.identity.name,
        startedAt: now,
        seenAt: now,
        revision: 0,
        usageBatch: 0,
      });
    });
  }
}
