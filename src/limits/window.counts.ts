import { type Grid, gridOf } from './window.grid.js';

/** The requests of one key: the steps, oldest first, and the number of requests in each. */
interface Counts {
  readonly steps: number[];
  readonly requests: number[];
  total: number;
}

/**
 * Counts requests of many keys in sliding windows of one length: no window, wherever it begins, has more than the limit.
 * Keys are kept in two generations. A key that is used moves to the younger one; the older one is dropped as a whole once
 * none of its keys was used for a window, so that their counts are zero.
 */
export class WindowCounts {
  private readonly grid: Grid;
  private young = new Map<string, Counts>();
  private old = new Map<string, Counts>();
  private rotatesAt = -Infinity;

  constructor(windowMs: number) {
    this.grid = gridOf(windowMs);
  }

  /** The number of keys in memory. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  /** Milliseconds until there is room for one more under `max`; 0 = there is room now. */
  waitMs(key: string, max: number, now: number): number {
    const counts = this.find(key, now);
    if (!counts || counts.total < max) return 0;
    const { stepMs, steps } = this.grid;
    let excess = counts.total - max + 1;
    let i = 0;
    while ((excess -= counts.requests[i]!) > 0) i += 1;
    return (counts.steps[i]! + steps + 1) * stepMs - now;
  }

  add(key: string, now: number): void {
    const counts = this.find(key, now) ?? this.create(key);
    const step = this.stepOf(now);
    const last = counts.steps.length - 1;
    if (counts.steps[last] === step) counts.requests[last]! += 1;
    else {
      counts.steps.push(step);
      counts.requests.push(1);
    }
    counts.total += 1;
  }

  /** Removes one request that was added at `addedAt`, unless it has left the window. */
  remove(key: string, addedAt: number, now: number): void {
    const counts = this.find(key, now);
    const i = counts?.steps.indexOf(this.stepOf(addedAt)) ?? -1;
    if (!counts || i === -1 || counts.requests[i] === 0) return;
    counts.requests[i]! -= 1;
    counts.total -= 1;
  }

  private stepOf(instant: number): number {
    return Math.floor(instant / this.grid.stepMs);
  }

  private find(key: string, now: number): Counts | undefined {
    this.rotate(now);
    let counts = this.young.get(key);
    if (!counts) {
      counts = this.old.get(key);
      if (!counts) return undefined;
      this.old.delete(key);
      this.young.set(key, counts);
    }
    this.forgetPast(counts, this.stepOf(now) - this.grid.steps);
    return counts;
  }

  private create(key: string): Counts {
    const counts: Counts = { steps: [], requests: [], total: 0 };
    this.young.set(key, counts);
    return counts;
  }

  private forgetPast(counts: Counts, oldest: number): void {
    let past = 0;
    for (; past < counts.steps.length && counts.steps[past]! < oldest; past += 1)
      counts.total -= counts.requests[past]!;
    if (past === 0) return;
    counts.steps.splice(0, past);
    counts.requests.splice(0, past);
  }

  private rotate(now: number): void {
    if (now < this.rotatesAt) return;
    const { stepMs, steps } = this.grid;
    const span = (steps + 1) * stepMs;
    this.old = now < this.rotatesAt + span ? this.young : new Map<string, Counts>();
    this.young = new Map();
    this.rotatesAt = now + span;
  }
}
