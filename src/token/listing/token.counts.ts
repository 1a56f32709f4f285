import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/values/clock.js';
import { evictOldest } from '../../common/values/evict.oldest.js';

/** A smaller count costs nothing worth keeping, and a reader would see that it is old. */
const KEPT_FROM = 10_000;
const KEPT_MS = 5_000;
const MAX_FILTERS = 100;

/** Keeps the counts of large lists for five seconds, so that a reader who turns pages counts once. */
@Injectable()
export class TokenCounts {
  private readonly kept = new Map<string, { count: number; untilMs: number }>();

  constructor(private readonly clock: Clock) {}

  /** `filter` names what is counted. */
  async of(filter: string, count: () => Promise<number>): Promise<number> {
    const known = this.kept.get(filter);
    if (known && known.untilMs > this.clock.now()) return known.count;
    const total = await count();
    this.kept.delete(filter);
    if (total < KEPT_FROM) return total;
    evictOldest(this.kept, MAX_FILTERS);
    this.kept.set(filter, { count: total, untilMs: this.clock.now() + KEPT_MS });
    return total;
  }
}
