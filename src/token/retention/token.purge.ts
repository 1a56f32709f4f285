import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, Repository } from 'typeorm';
import type { Change } from '../../changes/change.js';
import { Changes } from '../../changes/changes.js';
import { SYSTEM } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { RepeatingTimer } from '../../common/values/repeating.timer.js';
import { AppConfig } from '../../config/app.config.js';
import { logLevelOf } from '../../database/dialect/database.error.js';
import { LabelEntity } from '../../project/labels/label.entity.js';
import { TokenEntity } from '../token.entity.js';
import { lockTokens } from '../ledger/token.locks.js';

const EVERY_MS = 60 * 60 * 1000;
/** The first one is 5 to 15 minutes after the start, at another moment on each replica. */
const FIRST_AFTER_MS = 5 * 60 * 1000;
const JITTER_MS = 10 * 60 * 1000;
/** Tokens of one change. */
const AT_ONCE = 200;

/** Each has an index of its own. */
const ENDED = ['token.expires_at < :before', 'token.is_active = :inactive AND token.deactivated_at < :before'] as const;
type Ended = (typeof ENDED)[number];
/** The requests of a replaced token count on the row of its successor. */
const COUNTS_FOR_NONE = 'NOT EXISTS (SELECT 1 FROM tokens replaced WHERE replaced.account_id = token.id)';

/** Deletes tokens that ended longer ago than TOKEN_RETENTION, with their labels. Their usage and requests stay. */
@Injectable()
export class TokenPurge implements OnApplicationBootstrap {
  private readonly logger = new Logger(TokenPurge.name);
  private readonly timer = new RepeatingTimer(async () => this.purgeNow());
  private isClosed = false;

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.token.retentionMs > 0) this.timer.startIn(FIRST_AFTER_MS + Math.random() * JITTER_MS);
  }

  close(): void {
    this.isClosed = true;
    this.timer.close();
  }

  /** Returns the number of tokens that were deleted. */
  async purge(): Promise<number> {
    const before = this.clock.now() - this.config.token.retentionMs;
    let deleted = 0;
    for (const ended of ENDED) deleted += await this.purgeEnded(ended, before);
    if (deleted > 0) this.logger.log({ msg: 'tokens that ended long ago are deleted', tokens: deleted });
    return deleted;
  }

  private async purgeEnded(ended: Ended, before: number): Promise<number> {
    let deleted = 0;
    while (!this.isClosed) {
      const ids = await this.find(ended, before);
      if (ids.length === 0) break;
      const step = await this.changes.commit(SYSTEM, 'token.purge', async (change) => this.delete(change, ids, before));
      // Another replica was faster, or an operator.
      if (step === 0) break;
      deleted += step;
    }
    return deleted;
  }

  /** A token may have got a new expiry since it was found. */
  private async delete(change: Change, found: readonly string[], before: number): Promise<number> {
    await lockTokens(change.manager, { id: In([...found]) });
    const ids: string[] = [];
    for (const ended of ENDED) ids.push(...(await this.find(ended, before, { manager: change.manager, among: found })));
    const unique = [...new Set(ids)];
    if (unique.length === 0) {
      change.nothingDone();
      return 0;
    }
    await change.manager.delete(LabelEntity, { subject: 'token', subjectId: In(unique) });
    await change.manager.delete(TokenEntity, { id: In(unique) });
    for (const id of unique) change.invalidateToken(id);
    change.note({ token_ids: unique });
    return unique.length;
  }

  private async find(
    ended: Ended,
    before: number,
    within?: { manager: EntityManager; among: readonly string[] },
  ): Promise<string[]> {
    const query = (within?.manager.getRepository(TokenEntity) ?? this.tokens)
      .createQueryBuilder('token')
      .select('token.id', 'id')
      .where(ended, { before, inactive: false })
      .andWhere(COUNTS_FOR_NONE)
      .limit(AT_ONCE);
    if (within) query.andWhere('token.id IN (:...among)', { among: within.among });
    return (await query.getRawMany<{ id: string }>()).map(({ id }) => id);
  }

  private async purgeNow(): Promise<number> {
    await this.purge().catch((error: unknown) => {
      this.logger[logLevelOf(error)]({ msg: 'tokens that ended long ago cannot be deleted yet', err: error });
    });
    return EVERY_MS;
  }
}
