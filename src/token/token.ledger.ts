import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { type AdmittedToken, LedgerSql } from './ledger.sql.js';
import { TokenAuthenticator } from './token.authenticator.js';
import { RequestCounter } from './request.counter.js';

interface Waiting {
  token: AdmittedToken;
  granted: () => void;
  refused: (error: unknown) => void;
}

/**
 * Exact takes against a lifetime cap. Per token one statement is in flight; every request that arrives meanwhile is
 * granted by the next one, so a hot token costs a statement a batch, not a statement a request. Nobody proceeds before
 * the store has acknowledged the commit; when the outcome is unknown, nobody proceeds at all.
 */
@Injectable()
export class TokenLedger {
  private readonly logger = new Logger(TokenLedger.name);
  /** By token id; an entry exists while a statement for it is in flight. */
  private readonly queues = new Map<string, Waiting[]>();

  constructor(
    private readonly sql: LedgerSql,
    private readonly authenticator: TokenAuthenticator,
    private readonly usage: RequestCounter,
    private readonly clock: Clock,
  ) {}

  /** Resolves when one request is counted; throws why it may not be made, or TokenChanged when it has to be judged again. */
  take(token: AdmittedToken): Promise<void> {
    return new Promise((granted, refused) => {
      const waiting = { token, granted, refused };
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

  /** Gives one taken request back. Only for a request of which no byte reached the upstream, and once. */
  async giveBack(tokenId: string): Promise<void> {
    await this.sql.giveBack(tokenId).catch((error: unknown) => {
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
    try {
      if (this.usage.hasUnwritten(tokenId)) await this.usage.flush();
      const nowMs = this.clock.now();
      const granted = await this.sql.take(token, batch.length, nowMs);
      for (const waiting of batch.splice(0, granted)) waiting.granted();
      if (batch.length === 0) return;
      const why = await this.authenticator.whyRefused(token, await this.sql.now(nowMs));
      for (const waiting of batch) waiting.refused(why);
    } catch (error) {
      const unavailable = errors.storeUnavailable(error);
      // Those who came meanwhile too: they have waited for the same store, and would wait as long again.
      for (const waiting of [...batch, ...queue.splice(0)]) waiting.refused(unavailable);
    }
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
