import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';

/** How long cached tokens are trusted after their last comparison with the database. */
export const LEASE_MS = 1000;
/** How often cached tokens are compared with the database. */
export const POLL_MS = 250;
/** A database that takes longer than this for a comparison does not respond. POLL_MS and this are less than LEASE_MS. */
export const RESPONSE_LIMIT_MS = 700;
/** How long a failed comparison counts as an outage without a new attempt: a suspended process made none. */
const OUTAGE_MS = 2000;
/** The most by which a busy event loop is late. */
const SLACK_MS = 500;

/**
 * Decides whether cached tokens may be trusted. Every request compares clocks: a flag set by a timer would be wrong when a
 * suspended process resumes, because requests are read before timers run.
 */
@Injectable()
export class Freshness {
  private readonly graceMs: number;
  /** performance.now() at the beginning of the last successful comparison: it covers nothing later. */
  private comparedAt = -Infinity;
  private outageUntil = -Infinity;

  constructor({ token }: AppConfig) {
    this.graceMs = token.staleGraceMs;
  }

  /** True for LEASE_MS after a comparison and, during an outage of the database, for AUTH_STALE_GRACE more. */
  get isCurrent(): boolean {
    const now = performance.now();
    const age = now - this.comparedAt;
    return age <= LEASE_MS || (now <= this.outageUntil && age <= LEASE_MS + this.graceMs);
  }

  /** True when cached tokens may be trusted after a query to the database has failed. */
  get isWithinGrace(): boolean {
    return performance.now() - this.comparedAt <= LEASE_MS + this.graceMs;
  }

  /** Comparisons overlap: one that began before the last successful one is ignored. */
  compared(beganAt: number): void {
    if (beganAt < this.comparedAt) return;
    this.comparedAt = beganAt;
    // After a late response the next one may be as late.
    if (performance.now() - beganAt <= RESPONSE_LIMIT_MS) this.outageUntil = -Infinity;
  }

  /**
   * The database has not responded since `since`. A wait that exceeded its limit proves no outage: the process was suspended
   * meanwhile.
   */
  failed(since: number): void {
    const now = performance.now();
    if (since >= this.comparedAt && now - since <= RESPONSE_LIMIT_MS + SLACK_MS) this.outageUntil = now + OUTAGE_MS;
  }
}
