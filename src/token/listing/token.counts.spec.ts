import { describe, expect, it, vi } from 'vitest';
import { TokenCounts } from './token.counts.js';

describe(TokenCounts, () => {
  const of = () => {
    const clock = { ms: 0, now: () => clock.ms };
    return { clock, counts: new TokenCounts(clock) };
  };

  it('keeps a large count for five seconds', async () => {
    const { clock, counts } = of();
    const count = vi.fn<() => Promise<number>>().mockResolvedValueOnce(10_000).mockResolvedValueOnce(10_001);
    expect([await counts.of('a', count), await counts.of('a', count)]).toEqual([10_000, 10_000]);
    clock.ms = 5000;
    expect(await counts.of('a', count)).toBe(10_001);
    expect(count).toHaveBeenCalledTimes(2);
  });

  it('keeps filters apart, and no small count', async () => {
    const { counts } = of();
    const count = vi.fn<() => Promise<number>>().mockResolvedValue(9999);
    for (const filter of ['a', 'a', 'b']) await counts.of(filter, count);
    expect(count).toHaveBeenCalledTimes(3);
  });

  it('keeps a hundred filters', async () => {
    const { counts } = of();
    const count = vi.fn<() => Promise<number>>().mockResolvedValue(20_000);
    for (let i = 0; i <= 100; i += 1) await counts.of(String(i), count);
    await counts.of('100', count);
    expect(count).toHaveBeenCalledTimes(101);
    await counts.of('0', count);
    expect(count).toHaveBeenCalledTimes(102);
  });
});
