import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Clock } from '../common/values/clock.js';
import { DatabaseUnreachable } from '../database/dialect/database.error.js';
import { TokensInvalidated } from '../changes/domain.events.js';
import { ReplicaIdentity } from '../replicas/replica.identity.js';
import { LedgerSql, type RequestCount, type CountBatch } from './ledger.sql.js';

const FLUSH_EVERY_MS = 250;
/** Tokens a transaction: SQLite writes on the main thread, and a longer one would hold up streams. */
const MAX_BATCH = 200;
const LAST_TRIES = 3;

/**
 * Counts the requests of uncapped tokens in memory and writes them behind the answers. A batch that could not be written,
 * or perhaps was, keeps its number and is written again before any other: the store takes each number once.
 */
@Injectable()
export class RequestCounter implements OnModuleInit {
  private readonly logger = new Logger(RequestCounter.name);
  private pending = new Map<string, RequestCount>();
  private beingWritten: ReadonlyMap<string, RequestCount> = new Map();
  /** Sent, and not acknowledged. */
  private unwritten: CountBatch | undefined;
  private lastNumber = 0;
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
    for (let tries = 0; tries < LAST_TRIES && this.owesAnything; tries += 1) await this.flush().catch(() => undefined);
    if (this.owesAnything) this.logger.error({ msg: 'usage counts could not be written', tokens: this.owedTokens });
  }

  count(tokenId: string): void {
    this.add(tokenId, 1, this.clock.now());
  }

  giveBack(tokenId: string): void {
    this.add(tokenId, -1, 0);
  }

  /** A token may have got a cap, which other replicas spend against what is in the store: it is not left waiting for the timer. */
  @OnEvent(TokensInvalidated.topic)
  onChangesSeen({ tokens, everything }: TokensInvalidated): void {
    if (everything || [...tokens].some((id) => this.hasUnwritten(id))) void this.flush().catch(() => undefined);
  }

  /** True while requests of a token are counted here and not yet in the store. */
  hasUnwritten(tokenId: string): boolean {
    return (
      this.pending.has(tokenId) ||
      this.beingWritten.has(tokenId) ||
      (this.unwritten?.usages.some((usage) => usage.tokenId === tokenId) ?? false)
    );
  }

  /** Writes everything counted so far; one write at a time. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
    if (!this.owesAnything) return;
    this.writing = this.write().finally(() => {
      this.writing = undefined;
      this.beingWritten = new Map();
    });
    await this.writing;
  }

  private get owesAnything(): boolean {
    return this.pending.size > 0 || this.unwritten !== undefined;
  }

  private async write(): Promise<void> {
    const usages = this.takePending();
    try {
      while (this.unwritten || usages.length > 0) {
        this.unwritten ??= { number: (this.lastNumber += 1), usages: usages.splice(0, MAX_BATCH) };
        await this.sql.add(this.replica.id, this.unwritten);
        this.unwritten = undefined;
      }
    } catch (error) {
      for (const { tokenId, requests, lastUsedAt } of usages) this.add(tokenId, requests, lastUsedAt);
      // Without a connection nothing can be read either, which is reported where changes are read.
      const level = error instanceof DatabaseUnreachable ? 'debug' : 'warn';
      this.logger[level]({ msg: 'usage counts will be written again', tokens: this.owedTokens, err: error });
      throw error;
    }
  }

  private takePending(): RequestCount[] {
    this.beingWritten = this.pending;
    this.pending = new Map();
    return [...this.beingWritten.values()].filter(({ requests }) => requests !== 0);
  }

  private get owedTokens(): number {
    return this.pending.size + (this.unwritten?.usages.length ?? 0);
  }

  private add(tokenId: string, requests: number, at: number): void {
    const usage = this.pending.get(tokenId);
    if (usage) {
      usage.requests += requests;
      usage.lastUsedAt = Math.max(usage.lastUsedAt, at);
    } else this.pending.set(tokenId, { tokenId, requests, lastUsedAt: at });
  }
}
