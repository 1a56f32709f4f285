import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThanOrEqual, Repository } from 'typeorm';
import { RepeatingTimer } from '../../common/values/repeating.timer.js';
import { logLevelOf } from '../../database/dialect/database.error.js';
import { TokenEntity } from '../token.entity.js';
import { CapWatch } from './cap.watch.js';
import { TokenWarnings } from './token.warnings.js';

/** A change of a token is found within this time. What is due before is known from the last sweep. */
const EVERY_MS = 30_000;
/** Replicas do not sweep at the same moment. */
const JITTER_MS = 5000;
const AT_ONCE = 200;
const SHORTEST_PAUSE_MS = 1000;
/** Counts are looked at soon after the start, and so often: a replica that was killed may have left one that is due. */
const COUNTS_EVERY_MS = 6 * 60 * 60 * 1000;
const COUNTS_AT_ONCE = 1000;
const PAUSE_MS = 50;

/** Finds tokens whose time is running out, by the index of the next warning: a sweep without any is one look into it. */
@Injectable()
export class WarningSweep implements OnApplicationBootstrap {
  private readonly logger = new Logger('TokenWarnings');
  private readonly stopped = new AbortController();
  private readonly times = new RepeatingTimer(async () => this.sweepNow());
  private readonly counts = new RepeatingTimer(async () => this.countNow());

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly warnings: TokenWarnings,
    private readonly caps: CapWatch,
  ) {}

  onApplicationBootstrap(): void {
    this.times.startIn(EVERY_MS / 3 + jitter());
    this.counts.startIn(EVERY_MS + jitter());
  }

  close(): void {
    this.stopped.abort();
    this.times.close();
    this.counts.close();
  }

  /** Sends all warnings that are due now. Returns when the next one is due, or undefined when it is not soon. */
  async sweep(): Promise<number | undefined> {
    const nowMs = await this.warnings.now();
    for (;;) {
      const found = await this.tokens.find({
        where: { warnAt: LessThanOrEqual(nowMs + EVERY_MS) },
        order: { warnAt: 'ASC' },
        take: AT_ONCE,
      });
      const due = found.filter(({ warnAt }) => warnAt <= nowMs);
      const rest = await this.warnings.warn(due, nowMs);
      // Without any progress the next sweep tries again.
      if (due.length < AT_ONCE || rest.length === due.length || this.stopped.signal.aborted)
        return found.at(due.length)?.warnAt;
      await this.pause();
    }
  }

  /** Marks every capped token whose count has reached a warning. */
  async lookAtCounts(): Promise<void> {
    for (let last: string | undefined = ''; last !== undefined && !this.stopped.signal.aborted;) {
      last = await this.lookAtCountsAfter(last);
      await this.pause();
    }
  }

  /** A step by the primary key. Returns the last id, or undefined at the end. */
  private async lookAtCountsAfter(last: string): Promise<string | undefined> {
    const rows: { id: string; max: number | string | null; count: number | string; next: number | string }[] =
      await this.tokens
        .createQueryBuilder('token')
        .select('token.id', 'id')
        .addSelect('token.maxRequests', 'max')
        .addSelect('token.requestCount', 'count')
        .addSelect('token.warnCount', 'next')
        .where('token.id > :last', { last })
        .orderBy('token.id')
        .limit(COUNTS_AT_ONCE)
        .getRawMany();
    for (const { id, max, count, next } of rows) if (max !== null && Number(count) >= Number(next)) this.caps.mark(id);
    return rows.length < COUNTS_AT_ONCE ? undefined : rows.at(-1)?.id;
  }

  /** Between two pages, so that requests come first. */
  private async pause(): Promise<void> {
    await sleep(PAUSE_MS, undefined, { ref: false, signal: this.stopped.signal }).catch(() => undefined);
  }

  private async sweepNow(): Promise<number> {
    const next = await this.attempt(async () => this.sweep());
    const soon = next === undefined ? Infinity : next - ((await this.attempt(async () => this.warnings.now())) ?? next);
    return Math.max(SHORTEST_PAUSE_MS, Math.min(soon, EVERY_MS + jitter()));
  }

  private async countNow(): Promise<number> {
    await this.attempt(async () => this.lookAtCounts());
    return COUNTS_EVERY_MS + jitter();
  }

  private async attempt<T>(task: () => Promise<T>): Promise<T | undefined> {
    try {
      return await task();
    } catch (error) {
      const level = this.stopped.signal.aborted ? 'debug' : logLevelOf(error);
      this.logger[level]({ msg: 'tokens cannot be checked for warnings yet', err: error });
      return undefined;
    }
  }
}

const jitter = (): number => Math.random() * JITTER_MS;
