import { describe, expect, it } from 'vitest';
import { OneAtATime } from './one.at.a.time.js';

describe(OneAtATime.name, () => {
  it('runs once more for all who ask while it runs', async () => {
    const ends: (() => void)[] = [];
    const work = new OneAtATime(() => new Promise((end) => ends.push(end)));
    expect(work.isRunning).toBe(false);
    for (let i = 0; i < 5; i += 1) work.ask();
    expect([ends.length, work.isRunning]).toEqual([1, true]);
    const settled = work.settled();
    ends[0]!();
    await Promise.resolve();
    await Promise.resolve();
    expect([ends.length, work.isRunning]).toEqual([2, true]);
    ends[1]!();
    await settled;
    expect([ends.length, work.isRunning]).toEqual([2, false]);
    work.ask();
    expect(ends.length).toBe(3);
  });
});
