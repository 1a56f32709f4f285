import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, Repository } from 'typeorm';
import { SessionEntity } from '../../auth/session/session.entity.js';
import { Clock } from '../../common/values/clock.js';
import { RepeatingTimer } from '../../common/values/repeating.timer.js';
import { logLevelOf } from '../../database/dialect/database.error.js';

const EVERY_MS = 60 * 60 * 1000;
/** The first one is 5 to 15 minutes after the start, at another moment on each replica. */
const FIRST_AFTER_MS = 5 * 60 * 1000;
const JITTER_MS = 10 * 60 * 1000;
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const AT_ONCE = 500;

/** Deletes sessions that ended 30 days ago. What they did stays in the audit log. */
@Injectable()
export class SessionCleanup implements OnApplicationBootstrap {
  private readonly logger = new Logger(SessionCleanup.name);
  private readonly timer = new RepeatingTimer(async () => this.cleanNow());
  private isClosed = false;

  constructor(
    @InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer.startIn(FIRST_AFTER_MS + Math.random() * JITTER_MS);
  }

  close(): void {
    this.isClosed = true;
    this.timer.close();
  }

  /** Returns the number of sessions that were deleted. */
  async clean(): Promise<number> {
    const before = LessThan(this.clock.now() - KEPT_MS);
    let deleted = 0;
    while (!this.isClosed) {
      const rows = await this.sessions.find({
        select: { id: true },
        where: [{ expiresAt: before }, { endedAt: before }],
        take: AT_ONCE,
      });
      if (rows.length === 0) break;
      await this.sessions.delete({ id: In(rows.map(({ id }) => id)) });
      deleted += rows.length;
    }
    return deleted;
  }

  private async cleanNow(): Promise<number> {
    await this.clean().catch((error: unknown) => {
      this.logger[logLevelOf(error)]({ msg: 'sessions that ended long ago cannot be deleted yet', err: error });
    });
    return EVERY_MS;
  }
}
