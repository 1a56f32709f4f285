import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowCounts } from './window.counts.js';
import { gridOf } from './window.grid.js';

const KEY = 'token:1';

/** Asks at every one of these instants; those at which there was room, and is now one less. */
const granted = (counts: WindowCounts, instants: readonly number[], max: number): number[] =>
  instants.filter((now) => {
    if (counts.waitMs(KEY, max, now) > 0) return false;
    counts.add(KEY, now);
    return true;
  });

const windowMs = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(1000, 60_000, 3_600_000));
const max = fc.integer({ min: 1, max: 12 });
/** Gaps between requests, from bursts to pauses longer than a window; fractions of a millisecond too. */
const gaps = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1.5, noNaN: true })), { maxLength: 200 });

function instantsOf(lengths: readonly number[], length: number): number[] {
  let now = 12_345.678;
  return lengths.map((gap) => (now += gap * length));
}

describe(WindowCounts.name, () => {
  it('lets no more than the limit through in any window, wherever it begins', () => {
    fc.assert(
      fc.property(windowMs, max, gaps, (length, limit, lengths) => {
        const passed = granted(new WindowCounts(length), instantsOf(lengths, length), limit);
        const spans = passed.slice(limit).map((after, i) => after - passed[i]!);
        expect(Math.min(Infinity, ...spans)).toBeGreaterThanOrEqual(length);
      }),
    );
  });

  it('has room again exactly when it said, a sixtieth of the window late at most', () => {
    fc.assert(
      fc.property(windowMs, max, gaps, (length, limit, lengths) => {
        const counts = new WindowCounts(length);
        const instants = instantsOf(lengths, length);
        const passed = granted(counts, instants, limit);
        const now = instants.at(-1) ?? 0;
        const waitMs = counts.waitMs(KEY, limit, now);
        if (waitMs === 0) return;
        const leaves = passed.at(-limit)! + length;
        expect(now + waitMs).toBeGreaterThanOrEqual(leaves);
        expect(now + waitMs).toBeLessThanOrEqual(leaves + 2 * gridOf(length).stepMs);
        expect(counts.waitMs(KEY, limit, now + waitMs - 0.01)).toBeGreaterThan(0);
        expect(counts.waitMs(KEY, limit, now + waitMs + 0.01)).toBe(0);
      }),
    );
  });

  it('takes back what was added, once it has left the window nothing', () => {
    const counts = new WindowCounts(60_000);
    counts.add(KEY, 0);
    counts.add(KEY, 5000);
    counts.remove(KEY, 0, 6000);
    expect(counts.waitMs(KEY, 2, 6000)).toBe(0);
    expect(counts.waitMs(KEY, 1, 6000)).toBe(60_000);
    counts.remove(KEY, 0, 6000);
    expect(counts.waitMs(KEY, 1, 6000)).toBe(60_000);
    counts.add(KEY, 70_000);
    counts.remove(KEY, 5000, 70_000);
    expect(counts.waitMs(KEY, 1, 70_000)).toBeGreaterThan(0);
  });

  it('forgets unused keys', () => {
    const counts = new WindowCounts(60_000);
    for (let i = 0; i < 1000; i += 1) counts.add(`address:${i}`, i);
    expect(counts.size).toBe(1000);
    counts.add(KEY, 65_000);
    counts.add(KEY, 130_000);
    expect(counts.size).toBe(1);
    counts.add(KEY, 900_000);
    expect(counts.size).toBe(1);
  });
});
