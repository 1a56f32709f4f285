import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { ChangesModule } from '../changes/changes.module.js';
import { EventsModule } from '../events/events.module.js';
import { ProjectModule } from '../project/project.module.js';
import { ProjectEntity } from '../project/project.entity.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { TokenEntity } from '../token/token.entity.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { TokenModule } from '../token/token.module.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditCounts } from './audit/audit.counts.js';
import { AuditLog } from './audit/audit.log.js';
import { AuditPages } from './audit/audit.pages.js';
import { AuditExports } from './audit/audit.export.js';
import { AuditPlans } from './audit/audit.plans.js';
import { AuditProofController } from './audit/audit.proof.controller.js';
import { AuditRows } from './audit/audit.rows.js';
import { DeadController } from './dead/dead.controller.js';
import { Names } from './names/names.js';
import { OverviewController } from './overview/overview.controller.js';
import { OverviewService } from './overview/overview.service.js';
import { RunningCount } from './overview/running.count.js';
import { ServerOverhead } from './overview/server.overhead.js';
import { TokenOverview } from './overview/token.overview.js';
import { ProjectFigures } from './projects/project.figures.js';
import { ProjectListController } from './projects/project.list.controller.js';
import { KeptRequests } from './requests/kept.requests.js';
import { LiveRequests } from './requests/live.requests.js';
import { RequestController } from './requests/request.controller.js';
import { SearchController } from './search/search.controller.js';
import { SearchService } from './search/search.service.js';
import { AnswerEntity } from './streams/answer.entity.js';
import { QuestionEntity } from './streams/question.entity.js';
import { RunningStreams } from './streams/running.streams.js';
import { StreamAnswers } from './streams/stream.answers.js';
import { StreamController } from './streams/stream.controller.js';
import { StreamQuestions } from './streams/stream.questions.js';
import { StreamService } from './streams/stream.service.js';
import { StreamSubjects } from './streams/stream.subjects.js';
import { PriceDate } from './usage/price.date.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageReports } from './usage/usage.report.js';

const OVERVIEW = [ServerOverhead, RunningCount, TokenOverview, OverviewService];
const AUDIT = [AuditRows, AuditCounts, AuditPlans, AuditExports, AuditPages, AuditLog];

const STREAMS = [RunningStreams, StreamAnswers, StreamQuestions, StreamSubjects, StreamService];

/** What operators read of requests, usage and the audit log; it also ends running requests, and delivers dead events again or drops them. */
@Module({
  imports: [
    AuthModule,
    ChangesModule,
    EventsModule,
    MetricsModule,
    ProjectModule,
    ReplicasModule,
    TokenModule,
    TypeOrmModule.forFeature([ProjectEntity, TokenEntity, QuestionEntity, AnswerEntity]),
  ],
  controllers: [
    UsageController,
    RequestController,
    AuditController,
    AuditProofController,
    StreamController,
    DeadController,
    OverviewController,
    ProjectListController,
    SearchController,
  ],
  providers: [
    Names,
    UsageReports,
    PriceDate,
    KeptRequests,
    LiveRequests,
    ...AUDIT,
    ...STREAMS,
    ...OVERVIEW,
    ProjectFigures,
    SearchService,
  ],
})
export class ReportingModule {}
