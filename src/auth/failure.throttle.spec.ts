import { ThrottlerStorageService } from '@nestjs/throttler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../common/errors/api.error.js';
import { FailureThrottle, MAX_FAILURES, MAX_FAILURES_OVERALL } from './failure.throttle.js';

describe(FailureThrottle.name, () => {
  let storage: ThrottlerStorageService;
  let throttle: FailureThrottle;
  beforeEach(() => {
    vi.useFakeTimers();
    storage = new ThrottlerStorageService();
    throttle = new FailureThrottle(storage);
  });
  afterEach(() => {
    storage.onApplicationShutdown();
    vi.useRealTimers();
  });

  const fail = async (address: string, times = 1) => {
    for (let i = 0; i < times; i += 1) await throttle.failed(address);
  };
  /** Milliseconds for which this address stays blocked. Counts one failure when it is not blocked. */
  const wait = async (address: string): Promise<number> =>
    throttle.failed(address).then(
      () => 0,
      (error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 429) throw error;
        return error.retryAfterMs!;
      },
    );

  it('blocks an address for a minute once it failed too often', async () => {
    await fail('192.0.2.1', MAX_FAILURES);
    expect(await wait('192.0.2.1')).toBe(60_000);
    expect(await wait('192.0.2.2')).toBe(0);
    vi.advanceTimersByTime(59_000);
    expect(await wait('192.0.2.1')).toBe(1000);
    vi.advanceTimersByTime(1000);
    expect(await wait('192.0.2.1')).toBe(0);
  });

  it('counts anew after the block, and no attempt within it', async () => {
    await fail('192.0.2.1', MAX_FAILURES);
    for (let i = 0; i < MAX_FAILURES_OVERALL; i += 1) expect(await wait('192.0.2.1')).toBeGreaterThan(0);
    expect(await wait('192.0.2.2')).toBe(0);
    vi.advanceTimersByTime(60_000);
    await fail('192.0.2.1', MAX_FAILURES);
    expect(await wait('192.0.2.1')).toBeGreaterThan(0);
  });

  it('forgives failures that are older than a minute', async () => {
    await fail('192.0.2.1', MAX_FAILURES - 1);
    vi.advanceTimersByTime(60_001);
    await fail('192.0.2.1', MAX_FAILURES - 1);
    expect(await wait('192.0.2.1')).toBe(0);
  });

  it('treats a /64 of IPv6 as one address, however it is written', async () => {
    await fail('2001:db8:1:2::1', MAX_FAILURES - 1);
    await fail('2001:db8:1:2:3:4:5:6');
    expect(await wait('2001:db8:1:2:ffff::')).toBeGreaterThan(0);
    expect(await wait('2001:db8:1:3::1')).toBe(0);
    expect(await wait('::1')).toBe(0);
    expect(await wait('::ffff:192.0.2.1')).toBe(0);
  });

  it('blocks every address when all together failed too often', async () => {
    for (let i = 0; i < MAX_FAILURES_OVERALL; i += 1) await fail(`10.0.${i >> 8}.${i & 255}`);
    expect(await wait('10.0.0.1')).toBe(60_000);
    expect(await wait('192.0.2.1')).toBe(60_000);
    vi.advanceTimersByTime(60_000);
    expect(await wait('10.0.0.1')).toBe(0);
  });

  it('ignores a port, and treats all malformed addresses as one', async () => {
    await fail('192.0.2.1:1000', MAX_FAILURES - 1);
    await fail('192.0.2.1:2000');
    expect(await wait('192.0.2.1')).toBeGreaterThan(0);
    for (let i = 0; i < MAX_FAILURES; i += 1) await fail(`garbage-${i}`);
    expect(await wait('other garbage')).toBeGreaterThan(0);
    expect(await wait('[2001:db8::1]:99')).toBe(0);
  });

  it('keeps nothing of an address without recent failures', async () => {
    for (let i = 0; i < MAX_FAILURES_OVERALL; i += 1) await fail(`10.1.${i >> 8}.${i & 255}`);
    expect(storage.storage.size).toBeGreaterThan(MAX_FAILURES_OVERALL);
    vi.advanceTimersByTime(300_000);
    expect(storage.storage.size).toBe(0);
  });

  it('looks up one credential at a time, and counts what is not found', async () => {
    let running = 0;
    const find = async (result: string | undefined) => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      return result;
    };
    const lookUp = (result?: string) => throttle.lookUp('192.0.2.1', async () => find(result));
    expect(await Promise.all([lookUp('known'), lookUp(), lookUp('known')])).toEqual(['known', undefined, 'known']);
    await fail('192.0.2.1', MAX_FAILURES - 1);
    await expect(lookUp('known')).rejects.toMatchObject({ status: 429 });
    expect(await throttle.lookUp('192.0.2.2', async () => find('known'))).toBe('known');
  });

  it('goes on after a look-up that failed, which is not the failure of its client', async () => {
    const away = async () => Promise.reject(new Error('the store is away'));
    for (let i = 0; i < MAX_FAILURES; i += 1)
      await expect(throttle.lookUp('192.0.2.1', away)).rejects.toThrow('the store is away');
    expect(await wait('192.0.2.1')).toBe(0);
  });
});
