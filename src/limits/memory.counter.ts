import { Injectable } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import { Counter, type Demand, subjectOf, type Window } from './counter.js';
import { Grant } from './grant.js';
import { WindowCounts } from './window.counts.js';

const keyOf = ({ scope, id }: Window): string => `${scope}:${id}`;

/**
 * Counts in this process, by a monotonic clock. A single server has the whole of a limit; each of several servers has an
 * equal share.
 */
@Injectable()
export class MemoryCounter extends Counter {
  private readonly byLength = new Map<number, WindowCounts>();
  private readonly running = new Map<string, number>();

  constructor(private readonly replicas: ReplicaRegistry) {
    super();
  }

  take({ windows, slots }: Demand): Grant {
    const now = performance.now();
    this.assertRoom(windows, now);
    if (slots) {
      if (this.runningOf(slots.tokenId) >= this.share(slots.max)) throw errors.concurrencyExceeded();
      this.occupySlot(slots.tokenId);
    }
    for (const window of windows) this.counts(window).add(keyOf(window), now);
    return new Grant(slots && (() => this.freeSlot(slots.tokenId)), () => this.uncount(windows, now));
  }

  /** Requests and WebSockets of a token that run here. */
  runningOf(tokenId: string): number {
    return this.running.get(tokenId) ?? 0;
  }

  /** Counts a request as running, also one that another counter admitted. */
  occupySlot(tokenId: string): void {
    this.running.set(tokenId, this.runningOf(tokenId) + 1);
  }

  freeSlot(tokenId: string): void {
    const running = this.runningOf(tokenId) - 1;
    if (running > 0) this.running.set(tokenId, running);
    else this.running.delete(tokenId);
  }

  private assertRoom(windows: readonly Window[], now: number): void {
    let longestMs = 0;
    let full: Window | undefined;
    for (const window of windows) {
      const waitMs = this.counts(window).waitMs(keyOf(window), this.share(window.max), now);
      if (waitMs <= longestMs) continue;
      longestMs = waitMs;
      full = window;
    }
    if (full) throw errors.rateLimitExceeded({ of: subjectOf(full), retryAfterMs: Math.ceil(longestMs) });
  }

  private uncount(windows: readonly Window[], countedAt: number): void {
    const now = performance.now();
    for (const window of windows) this.counts(window).remove(keyOf(window), countedAt, now);
  }

  private share(max: number): number {
    return Math.max(1, Math.floor(max / this.replicas.liveServers));
  }

  private counts({ lengthMs }: Window): WindowCounts {
    const known = this.byLength.get(lengthMs);
    if (known) return known;
    const counts = new WindowCounts(lengthMs);
    this.byLength.set(lengthMs, counts);
    return counts;
  }
}
