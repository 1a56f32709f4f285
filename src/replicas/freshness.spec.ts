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

  it('is absent before the first comparison, also after a failure', () => {
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

  it('DB-02 lasts for the grace during an outage of the database, and no longer', () => {
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

  it('is lost by a process that was suspended', () => {
    const freshness = withGrace(60_000);
    freshness.compared(now);
    now += 30_000;
    expect([freshness.isCurrent, freshness.isWithinGrace]).toEqual([false, true]);
  });

  it('is lost by a process that was suspended during an outage', () => {
    const freshness = withGrace(60_000);
    freshness.compared(now);
    freshness.failed(now);
    now += 2001;
    expect(freshness.isCurrent).toBe(false);
  });

  it('is lost by a process that was suspended during a comparison', () => {
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

  it('ends an outage with a comparison', () => {
    const freshness = withGrace(60_000);
    freshness.failed(now);
    freshness.compared(now);
    now += 1001;
    expect(freshness.isCurrent).toBe(false);
  });
});
