import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RepeatingTimer } from './repeating.timer.js';

describe(RepeatingTimer, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs again after the time that the task returns, counted from its end', async () => {
    const ends: (() => void)[] = [];
    const task = vi.fn(async () => new Promise<number>((resolve) => ends.push(() => resolve(100))));
    const timer = new RepeatingTimer(task);
    timer.startIn(10);
    await vi.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(1);
    ends[0]!();
    await vi.advanceTimersByTimeAsync(99);
    expect(task).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(2);
    timer.close();
  });

  it('does not run again once it is closed, also while the task runs', async () => {
    let end = (): void => undefined;
    const task = vi.fn(async () => new Promise<number>((resolve) => (end = () => resolve(1))));
    const timer = new RepeatingTimer(task);
    timer.startIn(10);
    await vi.advanceTimersByTimeAsync(10);
    timer.close();
    end();
    await vi.advanceTimersByTimeAsync(1000);
    timer.startIn(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(1);
  });
});
