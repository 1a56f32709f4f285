import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { And, type EntityManager, IsNull, Like, MoreThan, Not } from 'typeorm';
import { Clock } from '../../common/values/clock.js';
import { DatabaseBootstrap } from '../../database/database.bootstrap.js';
import { SessionEntity } from './session.entity.js';
import { SessionMarks } from './session.mark.js';

/**
 * Ends the sessions of management tokens that are no longer valid, when the database is opened: they stay ended when such a
 * token comes back. A call with one of them does not: during a rollout a replica may not know the new token yet.
 */
@Injectable()
export class FormerSessions implements OnModuleInit {
  private readonly logger = new Logger(FormerSessions.name);

  constructor(
    private readonly bootstrap: DatabaseBootstrap,
    private readonly marks: SessionMarks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.bootstrap.addFinalStep(async (manager) => this.end(manager));
  }

  private async end(manager: EntityManager): Promise<void> {
    const now = this.clock.now();
    const mark = And(...this.marks.prefixes.map((prefix) => Not(Like(`${prefix}%`))));
    const lasting = { endedAt: IsNull(), expiresAt: MoreThan(now), mark };
    const { affected } = await manager.update(SessionEntity, lasting, { endedAt: now, endedBy: 'token' });
    if (affected) this.logger.log({ msg: 'sessions of a former management token have ended', sessions: affected });
  }
}
