import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { logLevelOf } from '../../database/dialect/database.error.js';
import type { Exchange } from '../../http/exchange.js';
import type { ExchangeObserver } from '../../http/exchange.observers.js';
import { TokenEntity } from '../token.entity.js';
import { TokenWarnings } from './token.warnings.js';

const LOOK_AFTER_MS = 2000;
/** Tokens that one query reads. */
const AT_ONCE = 500;
/** An exhausted token that goes on being used is looked at once in this time. */
const REFUSED_EVERY_MS = 60_000;
/** Above it, refused tokens are forgotten: each is then looked at once more. */
const MAX_REFUSED = 10_000;
const LAST_LOOK_MS = 1000;

/** Looks at the counts of capped tokens that have made requests. Without such requests it costs nothing. */
@Injectable()
export class CapWatch implements ExchangeObserver {
  private readonly logger = new Logger('TokenWarnings');
  private marked = new Set<string>();
  /** When each token was last refused, by performance.now(). */
  private readonly refused = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly warnings: TokenWarnings,
  ) {}

  /** The count of a capped token has grown. */
  mark(tokenId: string): void {
    this.marked.add(tokenId);
    this.lookSoon();
  }

  /** A replica may have been killed before it looked at the request that used up the cap. */
  onClosed({ code, tokenId }: Exchange): void {
    if (code !== 'token_exhausted' || tokenId === undefined) return;
    const now = performance.now();
    if (now - (this.refused.get(tokenId) ?? -Infinity) < REFUSED_EVERY_MS) return;
    if (this.refused.size >= MAX_REFUSED) this.refused.clear();
    this.refused.set(tokenId, now);
    this.mark(tokenId);
  }

  /** Looks at all tokens that are marked, one look at a time. Those that cannot be read stay marked. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.looking) await this.looking;
    this.looking = this.lookNow().finally(() => {
      this.looking = undefined;
      if (this.marked.size > 0) this.lookSoon();
    });
    await this.looking;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.race([this.look(), sleep(LAST_LOOK_MS, undefined, { ref: false })]);
  }

  /** While the store of events takes nothing, a look waits for it, and no other begins. */
  private lookSoon(): void {
    if (!this.isClosed && !this.looking) this.timer ??= setTimeout(() => void this.look(), LOOK_AFTER_MS).unref();
  }

  private async lookNow(): Promise<void> {
    const ids = [...this.marked];
    this.marked = new Set();
    try {
      while (ids.length > 0) await this.lookAt(ids.slice(0, AT_ONCE), ids);
    } catch (error) {
      this.logger[logLevelOf(error)]({ msg: 'the caps of tokens cannot be checked yet', err: error });
      for (const id of ids) this.mark(id);
    }
  }

  /** `ids` loses those that are done. The requests of a replaced token count on the row of another. */
  private async lookAt(some: readonly string[], ids: string[]): Promise<void> {
    const rows = await this.tokens.findBy({ id: In(some) });
    const rest = await this.warnings.warn(
      rows.filter(({ accountId }) => accountId === null),
      await this.warnings.now(),
    );
    ids.splice(0, some.length);
    for (const { id } of rest) this.mark(id);
    for (const { accountId } of rows) if (accountId !== null) this.mark(accountId);
  }
}
