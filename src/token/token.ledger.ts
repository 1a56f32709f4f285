import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { type AdmittedToken, LedgerSql } from './ledger.sql.js';
import { TokenAuthenticator } from './token.authenticator.js';
import { RequestCounter } from './request.counter.js';

interface Waiting {
  token: AdmittedToken;
  /** performance.now(). A grant that comes later is given back. */
  giveUpAt: number;
  granted: () => void;
  refused: (error: unknown) => void;
}

/** A request waits this much longer for the store than it may. */
const LOOK_AROUND_MS = 25;

/**
 * Exact takes against a lifetime cap. Per token one statement is in flight; every request that arrives meanwhile is
 * granted by the next one, so a hot token costs a statement a batch, not a statement a request. Nobody proceeds before
 * the store has acknowledged the commit; when the outcome is unknown, nobody proceeds at all.
 */
@Injectable()
export class TokenLedger {
  private readonly logger = new Logger(TokenLedger.name);
  private readonly limitMs: number;
  /** By token id; an entry exists while a statement for it is in flight. */
  private readonly queues = new Map<string, Waiting[]>();

  constructor(
    private readonly sql: LedgerSql,
    private readonly authenticator: TokenAuthenticator,
    private readonly usage: RequestCounter,
    private readonly clock: Clock,
    { database }: AppConfig,
  ) {
    this.limitMs = database.statementTimeoutMs;
  }

  /**
   * Resolves when one request is counted; throws why it may not be made, or TokenChanged when it has to be judged again.
   * Everything that a request waits for of the store shares one limit; `waitedMs` is what it has waited before.
   */
  take(token: AdmittedToken, waitedMs = 0): Promise<void> {
    return new Promise((granted, refused) => {
      const waiting = { token, giveUpAt: performance.now() + this.limitMs - waitedMs, granted, refused };
      const queue = this.queues.get(token.id);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const first = [waiting];
      this.queues.set(token.id, first);
      // After this turn of the event loop: what else it brings is granted by the same statement.
      setImmediate(() => void this.serve(token.id, first));
    });
  }

  /** Gives taken requests back. Only for requests of which no byte reached the upstream, and once. */
  async giveBack(tokenId: string, requests = 1): Promise<void> {
    await this.sql.giveBack(tokenId, requests).catch((error: unknown) => {
      this.logger.warn({ msg: 'a take could not be given back: it stays counted', token_id: tokenId, err: error });
    });
  }

  private async serve(tokenId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await this.serveBatch(tokenId, queue);
    this.queues.delete(tokenId);
  }

  /**
   * What a token used here before it got its cap counts against the cap: it is written first. What it used on other
   * replicas is written when they hear of the cap, and counts from then on.
   */
  private async serveBatch(tokenId: string, queue: Waiting[]): Promise<void> {
    const batch = spliceAlike(queue);
    const { token } = batch[0]!;
    const lookAround = setInterval(refuseLate, LOOK_AROUND_MS, batch, queue);
    try {
      if (this.usage.hasUnwritten(tokenId)) await this.usage.flush();
      if (batch.length === 0) return;
      const nowMs = this.clock.now();
      this.grant(tokenId, batch, await this.sql.take(token, batch.length, nowMs));
      if (batch.length === 0) return;
      const why = await this.authenticator.whyRefused(token, await this.sql.now(nowMs));
      for (const waiting of batch) waiting.refused(why);
    } catch (error) {
      const unavailable = errors.storeUnavailable(error);
      // Those who came meanwhile too: they have waited for the same store, and would wait as long again.
      for (const waiting of [...batch, ...queue.splice(0)]) waiting.refused(unavailable);
    } finally {
      clearInterval(lookAround);
    }
  }

  /** Some of the batch may have given up since the statement was sent: what was granted to them is given back. */
  private grant(tokenId: string, batch: Waiting[], granted: number): void {
    const served = batch.splice(0, granted);
    for (const waiting of served) waiting.granted();
    if (served.length < granted) void this.giveBack(tokenId, granted - served.length);
  }
}

/** Takes out and refuses those that have waited as long as they may. */
function refuseLate(...lists: Waiting[][]): void {
  const now = performance.now();
  for (const list of lists) {
    const late = list.filter(({ giveUpAt }) => giveUpAt <= now);
    if (late.length === 0) continue;
    list.splice(0, Infinity, ...list.filter(({ giveUpAt }) => giveUpAt > now));
    const unavailable = errors.storeUnavailable(new Error('the take was not acknowledged in time'));
    for (const waiting of late) waiting.refused(unavailable);
  }
}

/** Takes out all that were judged by what the first was judged by: one statement can serve them. */
function spliceAlike(queue: Waiting[]): Waiting[] {
  const { revision, projectRevision } = queue[0]!.token;
  const isAlike = ({ token }: Waiting) => token.revision === revision && token.projectRevision === projectRevision;
  const all = queue.splice(0);
  queue.push(...all.filter((waiting) => !isAlike(waiting)));
  return all.filter(isAlike);
}
