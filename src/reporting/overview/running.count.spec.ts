import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Actor } from '../../common/values/actor.js';
import type { StreamService } from '../streams/stream.service.js';
import { RunningCount } from './running.count.js';

const ACTOR = {} as Actor;

describe(RunningCount, () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const counting = (count: StreamService['count']): RunningCount =>
    new RunningCount({ count, ownCount: () => 2 } as unknown as StreamService);

  it('is that of all replicas', async () => {
    expect(await counting(() => Promise.resolve(5)).of(ACTOR)).toBe(5);
  });

  it('is that of this process when the others cannot be asked', async () => {
    expect(await counting(() => Promise.reject(new Error('away'))).of(ACTOR)).toBe(2);
  });

  it('is that of this process when another one is silent', async () => {
    const count = counting(() => new Promise<number>(() => undefined)).of(ACTOR);
    vi.advanceTimersByTime(500);
    expect(await count).toBe(2);
  });
});
