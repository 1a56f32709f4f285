import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';

/** How long what memory knows is believed after it was last compared with the store. */
export const LEASE_MS = 1000;
/** How often memory is compared with the store. */
export const POLL_MS = 250;
/** A store that takes longer than this for a comparison does not answer. With the poll and some room it is the lease. */
export const ANSWER_LIMIT_MS = 700;
/** How long a failure of the store is believed to last when nobody asks again: a process that slept knows nothing. */
const AWAY_MS = 2000;
/** A loop that is busy is late by less. */
const SLACK_MS = 500;

/**
 * Whether memory may be believed. Asked by every request, and answered from the clock: a flag that a timer keeps would be
 * wrong in the moment a process wakes up, when requests are read before timers run.
 */
@Injectable()
export class Freshness {
  private readonly graceMs: number;
  /** performance.now() at which the last comparison that succeeded began: it knows nothing later. */
  private comparedAt = -Infinity;
  private awayUntil = -Infinity;

  constructor({ token }: AppConfig) {
    this.graceMs = token.staleGraceMs;
  }

  /** True for LEASE_MS after a comparison and, while the store is known not to answer, for AUTH_STALE_GRACE more. */
  get isCurrent(): boolean {
    const now = performance.now();
    const age = now - this.comparedAt;
    return age <= LEASE_MS || (now <= this.awayUntil && age <= LEASE_MS + this.graceMs);
  }

  /** True when memory may be believed if the store, which was just asked, does not answer. */
  get isWithinGrace(): boolean {
    return performance.now() - this.comparedAt <= LEASE_MS + this.graceMs;
  }

  /** Comparisons overlap: one that began before another that succeeded says nothing. */
  compared(beganAt: number): void {
    if (beganAt < this.comparedAt) return;
    this.comparedAt = beganAt;
    // After a late answer the next one may be as late.
    if (performance.now() - beganAt <= ANSWER_LIMIT_MS) this.awayUntil = -Infinity;
  }

  /** The store did not answer since `since`. After more than it may take, that says nothing: the process slept over it. */
  failed(since: number): void {
    const now = performance.now();
    if (since >= this.comparedAt && now - since <= ANSWER_LIMIT_MS + SLACK_MS) this.awayUntil = now + AWAY_MS;
  }
}
