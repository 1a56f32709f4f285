import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import { WindowCounts } from '../../limits/window.counts.js';

const WINDOW_MS = 60_000;
/** Of one token in any minute, on this server. */
export const MAX_PER_MINUTE = 60;

/** Limits how often an app asks for its own token: each answer is a read of the database. */
@Injectable()
export class OwnTokenLimit {
  private readonly counts = new WindowCounts(WINDOW_MS);

  /** Throws `rate_limit_exceeded`. `now` is performance.now(). */
  pass(tokenId: string, now: number = performance.now()): void {
    const retryAfterMs = this.counts.waitMs(tokenId, MAX_PER_MINUTE, now);
    if (retryAfterMs > 0) throw errors.rateLimitExceeded({ of: 'GET /token', retryAfterMs: Math.ceil(retryAfterMs) });
    this.counts.add(tokenId, now);
  }
}
