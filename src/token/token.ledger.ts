import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { type AdmittedToken, LedgerSql, type Taken } from './ledger.sql.js';
import { TokenAuthenticator } from './token.authenticator.js';
import { RequestCounter } from './request.counter.js';
import { CapWatch } from './warnings/cap.watch.js';

interface Waiting {
  token: AdmittedToken;
  /** performance.now(). A grant after it is given back. */
  giveUpAt: number;
  /** `left` as `take` returns it. */
  grant: (left: number | undefined) => void;
  refuse: (error: unknown) => void;
}

/** How often late requests are refused: a request waits at most this much longer than its limit, in milliseconds. */
const REFUSE_LATE_EVERY_MS = 25;

/**
 * Exact takes against a lifetime cap. Each token has one statement in flight. The next statement grants all requests that
 * arrive meanwhile: a hot token costs a statement a batch instead of a statement a request. A request proceeds after the
 * database has acknowledged the commit. When the outcome is unknown, it is refused.
 */
@Injectable()
export class TokenLedger {
  private readonly logger = new Logger(TokenLedger.name);
  private readonly limitMs: number;
  private readonly tellsLeft: boolean;
  /** By token id. An entry exists while a statement for the token is in flight. */
  private readonly queues = new Map<string, Waiting[]>();

  constructor(
    private readonly sql: LedgerSql,
    private readonly authenticator: TokenAuthenticator,
    private readonly counter: RequestCounter,
    private readonly clock: Clock,
    { database, token: { headers } }: AppConfig,
    private readonly caps: CapWatch,
  ) {
    this.limitMs = database.statementTimeoutMs;
    this.tellsLeft = headers;
  }

  /**
   * Resolves when one request is counted, with what is left of the cap after it, if that is read. Throws the refusal, or TokenChanged when the request has to be judged again. All
   * waits of a request for the database share one limit: `waitedMs` is how long the request has waited before.
   */
  take(token: AdmittedToken, waitedMs = 0): Promise<number | undefined> {
    return new Promise((grant, refuse) => {
      const waiting = { token, giveUpAt: performance.now() + this.limitMs - waitedMs, grant, refuse };
      const queue = this.queues.get(token.id);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const first = [waiting];
      this.queues.set(token.id, first);
      // The statement also grants the requests that arrive in this turn of the event loop.
      setImmediate(() => void this.serve(token.id, first));
    });
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

  private async serve(tokenId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await this.serveBatch(tokenId, queue);
    this.queues.delete(tokenId);
  }

  /**
   * Requests that a token made here before it got its cap count against the cap: they are written first. Other replicas
   * write theirs when the cap invalidates the token there, and they count from then on.
   */
  private async serveBatch(tokenId: string, queue: Waiting[]): Promise<void> {
    const batch = spliceAlike(queue);
    const { token } = batch[0]!;
    const lateness = setInterval(refuseLate, REFUSE_LATE_EVERY_MS, batch, queue);
    try {
      if (this.counter.hasUnwritten(tokenId)) await this.counter.flush();
      if (batch.length === 0) return;
      const nowMs = this.clock.now();
      this.grant(token, batch, await this.sql.take(token, batch.length, nowMs, this.tellsLeft));
      if (batch.length === 0) return;
      const refusal = await this.authenticator.whyRefused(token, await this.sql.now(nowMs));
      for (const waiting of batch) waiting.refuse(refusal);
    } catch (error) {
      const unavailable = errors.storeUnavailable(error);
      // Requests that arrived meanwhile are refused too: they have waited as long for the same database.
      for (const waiting of [...batch, ...queue.splice(0)]) waiting.refuse(unavailable);
    } finally {
      clearInterval(lateness);
    }
  }

  /** Requests of the batch may be late since the statement was sent: their grants are given back. */
  private grant({ id, accountId }: AdmittedToken, batch: Waiting[], { granted, left }: Taken): void {
    if (granted > 0) this.caps.mark(accountId ?? id);
    const served = batch.splice(0, granted);
    for (const [i, waiting] of served.entries()) waiting.grant(left === undefined ? left : left + granted - 1 - i);
    if (accountId !== undefined && granted > 0) this.counter.touch(id);
    if (served.length < granted) void this.giveBack(id, granted - served.length);
  }
}

/** Removes and refuses the requests that have reached their limit. */
function refuseLate(...lists: Waiting[][]): void {
  const now = performance.now();
  for (const list of lists) {
    const late = list.filter(({ giveUpAt }) => giveUpAt <= now);
    if (late.length === 0) continue;
    list.splice(0, Infinity, ...list.filter(({ giveUpAt }) => giveUpAt > now));
    const unavailable = errors.storeUnavailable(new Error('the take was not acknowledged in time'));
    for (const waiting of late) waiting.refuse(unavailable);
  }
}

/** Removes all requests that were judged by the revisions of the first: one statement can serve them. */
function spliceAlike(queue: Waiting[]): Waiting[] {
  const { revision, projectRevision } = queue[0]!.token;
  const isAlike = ({ token }: Waiting) => token.revision === revision && token.projectRevision === projectRevision;
  const all = queue.splice(0);
  queue.push(...all.filter((waiting) => !isAlike(waiting)));
  return all.filter(isAlike);
}
