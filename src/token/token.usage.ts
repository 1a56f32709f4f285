import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { LedgerSql, type Usage } from './ledger.sql.js';

const FLUSH_EVERY_MS = 250;
/** Tokens a transaction: SQLite writes on the main thread, and a longer one would hold up streams. */
const MAX_BATCH = 200;
const LAST_TRIES = 3;

/** Counts the requests of uncapped tokens in memory and writes them behind the answers; what a write loses is written again. */
@Injectable()
export class TokenUsage implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(TokenUsage.name);
  private pending = new Map<string, Usage>();
  private beingWritten = new Map<string, Usage>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly sql: LedgerSql,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush().catch(() => undefined), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    for (let tries = 0; tries < LAST_TRIES && (this.pending.size > 0 || this.writing); tries += 1)
      await this.flush().catch(() => undefined);
    if (this.pending.size > 0)
      this.logger.error({ msg: 'usage counts could not be written', tokens: this.pending.size });
  }

  count(tokenId: string): void {
    this.add(tokenId, 1, this.clock.now());
  }

  giveBack(tokenId: string): void {
    this.add(tokenId, -1, 0);
  }

  /** True while requests of a token are counted here and not yet in the store. */
  owes(tokenId: string): boolean {
    return this.pending.has(tokenId) || this.beingWritten.has(tokenId);
  }

  /** Writes everything counted so far; one write at a time. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
    if (this.pending.size === 0) return;
    this.writing = this.write().finally(() => {
      this.writing = undefined;
      this.beingWritten.clear();
    });
    await this.writing;
  }

  private async write(): Promise<void> {
    this.beingWritten = this.pending;
    this.pending = new Map();
    const usages = [...this.beingWritten.values()];
    while (usages.length > 0) {
      const batch = usages.slice(0, MAX_BATCH);
      try {
        await this.sql.add(batch.filter((usage) => usage.requests !== 0));
        usages.splice(0, MAX_BATCH);
      } catch (error) {
        this.logger.warn({ msg: 'usage counts will be written again', tokens: usages.length, err: error });
        for (const { tokenId, requests, lastUsedAt } of usages) this.add(tokenId, requests, lastUsedAt);
        throw error;
      }
    }
  }

  private add(tokenId: string, requests: number, at: number): void {
    const usage = this.pending.get(tokenId);
    if (usage) {
      usage.requests += requests;
      usage.lastUsedAt = Math.max(usage.lastUsedAt, at);
    } else this.pending.set(tokenId, { tokenId, requests, lastUsedAt: at });
  }
}
