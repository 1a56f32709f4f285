import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/values/clock.js';
import { AppConfig } from '../../config/app.config.js';
import { TakeQueue } from '../../database/take.queue.js';
import { type AdmittedToken, LedgerSql } from './ledger.sql.js';
import { TokenAuthenticator } from '../token.authenticator.js';
import { RequestCounter } from './request.counter.js';
import { CapWatch } from '../warnings/cap.watch.js';

/**
 * Exact takes against a lifetime cap. Requests that a token made here before it got its cap count against the cap: they are
 * written first. Other replicas write theirs when the cap invalidates the token there, and they count from then on.
 */
@Injectable()
export class TokenLedger {
  private readonly logger = new Logger(TokenLedger.name);
  private readonly tellsLeft: boolean;
  private readonly queue: TakeQueue<AdmittedToken, number | undefined>;

  constructor(
    private readonly sql: LedgerSql,
    private readonly authenticator: TokenAuthenticator,
    private readonly counter: RequestCounter,
    private readonly clock: Clock,
    { database, token: { headers } }: AppConfig,
    private readonly caps: CapWatch,
  ) {
    this.tellsLeft = headers;
    this.queue = new TakeQueue(database.statementTimeoutMs, {
      isAlike: (one, other) => one.revision === other.revision && one.projectRevision === other.projectRevision,
      take: async (token, wanted) => this.receipts(token, wanted),
      whyRefused: async (token) => this.authenticator.whyRefused(token, await this.sql.now(this.clock.now())),
      giveBack: async ({ id }, receipts) => this.giveBack(id, receipts.length),
    });
  }

  /**
   * Resolves when one request is counted, with what is left of the cap after it, if that is read. Throws the refusal, or
   * TokenChanged when the request has to be judged again. All waits of a request for the database share one limit:
   * `waitedMs` is how long the request has waited before.
   */
  take(token: AdmittedToken, waitedMs = 0): Promise<number | undefined> {
    return this.queue.take(token.id, token, waitedMs);
  }

  /** Gives taken requests back, once: only when no byte of them reached the upstream. */
  async giveBack(tokenId: string, requests = 1): Promise<void> {
    await this.sql.giveBack(tokenId, requests).catch((error: unknown) => {
      this.logger.warn({
        msg: 'a request could not be given back to its token: it stays counted',
        token_id: tokenId,
        err: error,
      });
    });
  }

  /** What is left after each request. */
  private async receipts(token: AdmittedToken, wanted: number): Promise<(number | undefined)[]> {
    const { id, accountId } = token;
    if (this.counter.hasUnwritten(id)) await this.counter.flush();
    const { granted, left } = await this.sql.take(token, wanted, this.clock.now(), this.tellsLeft);
    if (granted > 0) this.caps.mark(accountId ?? id);
    if (granted > 0 && accountId !== undefined) this.counter.touch(id);
    return Array.from({ length: granted }, (_, i) => (left === undefined ? undefined : left + granted - 1 - i));
  }
}
