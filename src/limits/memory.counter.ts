import { Injectable } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import { Counter, type Demand, type ConcurrencyLimit, subjectOf, type Window } from './counter.js';
import { Grant } from './grant.js';
import { WindowCounts } from './window.counts.js';

type Subject = Pick<ConcurrencyLimit | Window, 'scope' | 'id'>;

const keyOf = ({ scope, id }: Subject): string => `${scope}:${id}`;

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
    for (const slot of slots)
      if (this.runningOf(slot) >= this.share(slot.max)) throw errors.concurrencyExceeded(subjectOf(slot));
    this.occupy(slots);
    for (const window of windows) this.counts(window).add(keyOf(window), now);
    return new Grant(
      () => this.free(slots),
      () => this.uncount(windows, now),
    );
  }

  /** Requests and WebSockets of a token or project that run here. */
  runningOf(subject: Subject): number {
    return this.running.get(keyOf(subject)) ?? 0;
  }

  /** Counts a request as running, also one that another counter admitted. */
  occupy(slots: readonly ConcurrencyLimit[]): void {
    for (const slot of slots) this.running.set(keyOf(slot), this.runningOf(slot) + 1);
  }

  free(slots: readonly ConcurrencyLimit[]): void {
    for (const slot of slots) {
      const running = this.runningOf(slot) - 1;
      if (running > 0) this.running.set(keyOf(slot), running);
      else this.running.delete(keyOf(slot));
    }
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
