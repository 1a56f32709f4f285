import { Injectable, Logger } from '@nestjs/common';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { instant } from '../../common/rest/field.rules.js';
import { Clock } from '../../common/values/clock.js';
import { AppConfig } from '../../config/app.config.js';
import { TakeQueue } from '../../database/take.queue.js';
import { type JudgedProject, type ProjectCounts, ProjectLedgerSql } from './project.ledger.sql.js';
import { beginOf, monthStart } from './utc.days.js';

/** The project changed after the request was judged by cached values: the request has to be judged again. */
export class ProjectChanged extends Error {
  override readonly name = 'ProjectChanged';
}

/** One request that is counted to a day of a project. */
export interface ProjectReceipt {
  readonly projectId: string;
  readonly day: number;
}

/** Exact takes against the caps of projects on the requests of a day and of a month. */
@Injectable()
export class ProjectLedger {
  private readonly logger = new Logger(ProjectLedger.name);
  private readonly queue: TakeQueue<JudgedProject, ProjectReceipt>;

  constructor(
    private readonly sql: ProjectLedgerSql,
    private readonly clock: Clock,
    { database }: AppConfig,
  ) {
    this.queue = new TakeQueue(database.statementTimeoutMs, {
      isAlike: (one, other) => one.projectRevision === other.projectRevision,
      take: async (project, wanted) => this.receipts(project, wanted),
      whyRefused: async (project) => this.whyRefused(project),
      giveBack: async (_project, receipts) => this.giveBack(receipts[0]!, receipts.length),
    });
  }

  /**
   * Resolves when one request is counted. Throws `project_exhausted`, `store_unavailable`, or ProjectChanged. All waits of a
   * request for the database share one limit: `waitedMs` is how long the request has waited before.
   */
  take(project: JudgedProject, waitedMs = 0): Promise<ProjectReceipt> {
    return this.queue.take(project.projectId, project, waitedMs);
  }

  /** Gives taken requests back, once: only when no byte of them reached the upstream. Never rejects. */
  async giveBack({ projectId, day }: ProjectReceipt, requests = 1): Promise<void> {
    await this.sql.giveBack(projectId, day, requests).catch((error: unknown) => {
      this.logger.warn({
        msg: 'a request could not be given back to its project: it stays counted',
        project_id: projectId,
        err: error,
      });
    });
  }

  private async receipts(project: JudgedProject, wanted: number): Promise<ProjectReceipt[]> {
    const { granted, day } = await this.sql.take(project, wanted, this.clock.now());
    return Array.from({ length: granted }, () => ({ projectId: project.projectId, day }));
  }

  /** The refusal of a request now, if a cap is used up. Nothing is taken. */
  async exhaustion(projectId: string): Promise<ApiError | undefined> {
    const counts = await this.sql.read(projectId, this.clock.now());
    return counts && exhaustionOf(counts);
  }

  private async whyRefused({ projectId, projectRevision }: JudgedProject): Promise<unknown> {
    const counts = await this.sql.read(projectId, this.clock.now());
    if (counts?.revision !== projectRevision) return new ProjectChanged();
    // Without one a request was given back since, or a window has begun.
    return exhaustionOf(counts) ?? new ProjectChanged();
  }
}

/** The month is named where both caps are used up: the next day gives nothing. */
function exhaustionOf({ perDay, perMonth, usedDay, usedMonth, day }: ProjectCounts): ApiError | undefined {
  if (perMonth !== null && usedMonth >= perMonth)
    return errors.projectExhausted('month', instant(beginOf(monthStart(day, 1))));
  return perDay !== null && usedDay >= perDay ? errors.projectExhausted('day', instant(beginOf(day + 1))) : undefined;
}
