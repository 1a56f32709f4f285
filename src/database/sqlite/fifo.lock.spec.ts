import { describe, expect, it, vi } from 'vitest';
import { FifoLock } from './fifo.lock.js';

describe(FifoLock.name, () => {
  it('grants one caller at a time, in the order of the calls', async () => {
    const lock = new FifoLock();
    const order: number[] = [];
    let inside = 0;
    const work = async (n: number) => {
      await lock.acquire(5000);
      inside += 1;
      expect(inside).toBe(1);
      await Promise.resolve();
      order.push(n);
      inside -= 1;
      lock.release();
    };
    await Promise.all([0, 1, 2, 3, 4].map(work));
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses a caller that waited too long, and removes it from the queue', async () => {
    vi.useFakeTimers();
    try {
      const lock = new FifoLock();
      await lock.acquire(100);
      const refused = lock.acquire(100).catch((error: unknown) => String(error));
      const patient = lock.acquire(1000);
      await vi.advanceTimersByTimeAsync(100);
      expect(await refused).toMatch('waited too long');
      lock.release();
      await patient;
      lock.release();
      await lock.acquire(0);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
