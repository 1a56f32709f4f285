import { describe, expect, it } from 'vitest';
import { CoalescedTask } from './coalesced.task.js';

describe(CoalescedTask.name, () => {
  it('runs once more for all requests during a run', async () => {
    const ends: (() => void)[] = [];
    const work = new CoalescedTask(() => new Promise((end) => ends.push(end)));
    expect(work.isRunning).toBe(false);
    for (let i = 0; i < 5; i += 1) work.request();
    expect([ends.length, work.isRunning]).toEqual([1, true]);
    const settled = work.settled();
    ends[0]!();
    await Promise.resolve();
    await Promise.resolve();
    expect([ends.length, work.isRunning]).toEqual([2, true]);
    ends[1]!();
    await settled;
    expect([ends.length, work.isRunning]).toEqual([2, false]);
    work.request();
    expect(ends.length).toBe(3);
  });
});
