import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Clock } from '../../common/values/clock.js';
import { Invalidated } from '../../changes/invalidated.js';
import { logLevelOf } from '../../database/dialect/database.error.js';
import { ReplicaIdentity } from '../../replicas/replica.identity.js';
import { LedgerSql, type RequestCount, type CountBatch } from './ledger.sql.js';

const FLUSH_EVERY_MS = 250;
/** Tokens of one transaction: SQLite writes on the main thread, and a longer transaction would delay streams. */
const MAX_BATCH = 200;
const LAST_TRIES = 3;

/**
 * Counts the requests of uncapped tokens in memory and writes them in batches. A batch whose write failed, or has an unknown
 * outcome, keeps its number and is written again before any other: the database applies each number once.
 */
@Injectable()
export class RequestCounter implements OnModuleInit {
  private readonly logger = new Logger(RequestCounter.name);
  private pending = new Map<string, RequestCount>();
  private beingWritten: ReadonlyMap<string, RequestCount> = new Map();
  /** The batch that was sent and not acknowledged. */
  private unacknowledged: CountBatch | undefined;
  private lastNumber = 0;
  /** An invalidated token has requests that are not written yet. */
  private isOverdue = false;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly sql: LedgerSql,
    private readonly replica: ReplicaIdentity,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush().catch(() => undefined), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (let tries = 0; tries < LAST_TRIES && this.hasAnyUnwritten; tries += 1)
      await this.flush().catch(() => undefined);
    if (this.hasAnyUnwritten)
      this.logger.error({ msg: 'request counts could not be written', tokens: this.unwrittenTokens });
  }

  count(tokenId: string): void {
    this.add(tokenId, 1, this.clock.now());
  }

  /** A use that its account has counted already. */
  touch(tokenId: string): void {
    this.add(tokenId, 0, this.clock.now(), true);
  }

  giveBack(tokenId: string): void {
    this.add(tokenId, -1, 0);
  }

  /** An invalidated token may have got a cap, which other replicas check against the count in the database: it is written at once. */
  @OnEvent(Invalidated.topic)
  onInvalidated({ tokens, everything }: Invalidated): void {
    if (!everything && ![...tokens].some((id) => this.hasUnwritten(id))) return;
    this.isOverdue = true;
    void this.flush().catch(() => undefined);
  }

  /**
   * True while requests of a token are counted here and not yet in the database. After an invalidation for every token, until
   * all are: the requests of a replaced token count for another.
   */
  hasUnwritten(tokenId: string): boolean {
    return (
      this.isOverdue ||
      isCount(this.pending.get(tokenId)) ||
      isCount(this.beingWritten.get(tokenId)) ||
      (this.unacknowledged?.counts.some((count) => count.tokenId === tokenId && isCount(count)) ?? false)
    );
  }

  /** Writes everything counted so far, one write at a time. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
    if (!this.hasAnyUnwritten) return void (this.isOverdue = false);
    this.writing = this.write().finally(() => {
      this.writing = undefined;
      this.beingWritten = new Map();
    });
    await this.writing;
  }

  private get hasAnyUnwritten(): boolean {
    return this.pending.size > 0 || this.unacknowledged !== undefined;
  }

  private async write(): Promise<void> {
    const counts = this.takePending();
    try {
      while (this.unacknowledged || counts.length > 0) {
        this.unacknowledged ??= { number: (this.lastNumber += 1), counts: counts.splice(0, MAX_BATCH) };
        await this.sql.add(this.replica.id, this.unacknowledged);
        this.unacknowledged = undefined;
      }
      this.isOverdue = false;
    } catch (error) {
      for (const { tokenId, requests, lastUsedAt, isTouch } of counts) this.add(tokenId, requests, lastUsedAt, isTouch);
      this.logger[logLevelOf(error)]({
        msg: 'request counts will be written again',
        tokens: this.unwrittenTokens,
        err: error,
      });
      throw error;
    }
  }

  private takePending(): RequestCount[] {
    this.beingWritten = this.pending;
    this.pending = new Map();
    return [...this.beingWritten.values()].filter(({ requests, isTouch }) => requests !== 0 || isTouch);
  }

  private get unwrittenTokens(): number {
    return this.pending.size + (this.unacknowledged?.counts.length ?? 0);
  }

  private add(tokenId: string, requests: number, at: number, isTouch = false): void {
    const count = this.pending.get(tokenId);
    if (count) {
      count.requests += requests;
      count.lastUsedAt = Math.max(count.lastUsedAt, at);
      if (isTouch) count.isTouch = true;
    } else this.pending.set(tokenId, { tokenId, requests, lastUsedAt: at, isTouch });
  }
}

/** A touch counts no request. */
const isCount = (count: RequestCount | undefined): boolean =>
  count !== undefined && (count.requests !== 0 || !count.isTouch);
