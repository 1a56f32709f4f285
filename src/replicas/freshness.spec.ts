import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import { Freshness } from './freshness.js';

describe(Freshness.name, () => {
  let now = 0;
  beforeEach(() => {
    now = 10_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => vi.restoreAllMocks());
  const withGrace = (staleGraceMs: number) =>
    new Freshness({ token: { staleGraceMs }, database: { statementTimeoutMs: 900 } } as AppConfig);

  it('is nothing before the first comparison, whatever fails', () => {
    const freshness = withGrace(60_000);
    freshness.failed(now);
    expect([freshness.isCurrent, freshness.isWithinGrace]).toEqual([false, false]);
  });

  it('lasts a second from the beginning of a comparison', () => {
    const freshness = withGrace(0);
    freshness.compared(now - 400);
    now += 600;
    expect(freshness.isCurrent).toBe(true);
    now += 1;
    expect([freshness.isCurrent, freshness.isWithinGrace]).toEqual([false, false]);
  });

  it('DB-02 lasts for the grace while the store is known to be away, and no longer', () => {
    const freshness = withGrace(2000);
    freshness.compared(now);
    for (const [after, current] of [
      [1000, true],
      [2999, true],
      [3000, true],
      [3001, false],
    ] as const) {
      now = 10_000 + after;
      freshness.failed(now);
      expect([after, freshness.isCurrent]).toEqual([after, current]);
    }
  });

  it('is not claimed by a process that slept: the store has to be asked', () => {
    const freshness = withGrace(60_000);
    freshness.compared(now);
    now += 30_000;
    expect([freshness.isCurrent, freshness.isWithinGrace]).toEqual([false, true]);
  });

  it('is not claimed by one that slept while the store was away', () => {
    const freshness = withGrace(60_000);
    freshness.compared(now);
    freshness.failed(now);
    now += 2001;
    expect(freshness.isCurrent).toBe(false);
  });

  it('is not claimed by one that slept over its question', () => {
    const freshness = withGrace(60_000);
    freshness.compared(now);
    const askedAt = now;
    now += 1200;
    freshness.failed(askedAt);
    expect(freshness.isCurrent).toBe(true);
    now += 3000;
    freshness.failed(askedAt);
    expect(freshness.isCurrent).toBe(false);
  });

  it('ends the absence of the store with a comparison', () => {
    const freshness = withGrace(60_000);
    freshness.failed(now);
    freshness.compared(now);
    now += 1001;
    expect(freshness.isCurrent).toBe(false);
  });
});
