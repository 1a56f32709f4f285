import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

describe(Backoff.name, () => {
  it('waits twice as long each time, at most half a minute', () => {
    const backoff = new Backoff();
    const pauses = Array.from({ length: 12 }, () => backoff.pauseMs(5));
    expect(pauses.slice(0, 5)).toEqual([0, 100, 200, 400, 800]);
    expect(pauses.slice(-3)).toEqual([25_600, 30_000, 30_000]);
  });

  it('starts again without a wait after a process that ran for a minute', () => {
    const backoff = new Backoff();
    for (let crash = 0; crash < 5; crash += 1) backoff.pauseMs(59_999);
    expect(backoff.pauseMs(59_999)).toBe(1600);
    expect([backoff.pauseMs(60_000), backoff.pauseMs(0)]).toEqual([0, 100]);
  });
});
