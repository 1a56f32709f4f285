import { describe, expect, it, vi } from 'vitest';
import { RedisLink } from './redis.link.js';

describe(RedisLink.name, () => {
  it('says that it is down when the client refuses the address', async () => {
    const owner = { prepare: vi.fn(), onUp: vi.fn(), onDown: vi.fn() };
    const link = new RedisLink('redis://127.0.0.1:9/abc', owner);
    link.start();
    await expect.poll(() => owner.onDown.mock.lastCall).toEqual([expect.any(TypeError)]);
    expect(link.client).toBeUndefined();
    await link.close();
  });
});
