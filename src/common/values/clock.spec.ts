import { afterEach, describe, expect, it, vi } from 'vitest';
import { Clock } from './clock.js';

describe(Clock.name, () => {
  afterEach(() => vi.restoreAllMocks());

  it('says the time, in whole milliseconds', () => {
    const now = new Clock().now();
    expect(Math.abs(now - Date.now())).toBeLessThan(10_000);
    expect(Number.isInteger(now)).toBe(true);
  });

  it('does not go back with a wall clock that is set back, so that no token is revived', () => {
    const clock = new Clock();
    const before = clock.now();
    vi.spyOn(Date, 'now').mockReturnValue(before - 3_600_000);
    expect(clock.now()).toBeGreaterThanOrEqual(before - 1);
  });

  it('goes ahead with the wall clock, after a suspension for example, and comes back from a mistake', () => {
    const clock = new Clock();
    const before = clock.now();
    const wall = vi.spyOn(Date, 'now').mockReturnValue(before + 3_600_000);
    expect(clock.now()).toBe(before + 3_600_000);
    wall.mockRestore();
    expect(clock.now()).toBeLessThan(before + 60_000);
  });
});
