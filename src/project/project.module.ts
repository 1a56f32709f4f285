import { Module } from '@nestjs/common';
import { CryptoModule } from '../crypto/crypto.module.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChangesModule } from '../changes/changes.module.js';
import { EventsModule } from '../events/events.module.js';
import { ProjectLedger } from './ledger/project.ledger.js';
import { ProjectLedgerSql } from './ledger/project.ledger.sql.js';
import { ProjectKeyCheck } from './project.key.check.js';
import { ProjectController } from './project.controller.js';
import { LabelEntity } from './labels/label.entity.js';
import { ProjectEntity } from './project.entity.js';
import { ProjectService } from './project.service.js';
import { RefusedKeyWatch } from './refused.key.watch.js';
import { UpstreamProbe } from './upstream.probe.js';
import { UpstreamKey } from './upstream.key.js';

@Module({
  imports: [CryptoModule, TypeOrmModule.forFeature([ProjectEntity, LabelEntity]), ChangesModule, EventsModule],
  controllers: [ProjectController],
  providers: [
    ProjectLedger,
    ProjectLedgerSql,
    ProjectService,
    UpstreamKey,
    ProjectKeyCheck,
    UpstreamProbe,
    RefusedKeyWatch,
  ],
  exports: [ProjectLedger, ProjectService, UpstreamKey, RefusedKeyWatch],
})
export class ProjectModule {}
