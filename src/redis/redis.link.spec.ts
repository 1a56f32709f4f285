import { describe, expect, it, vi } from 'vitest';
import { RedisLink } from './redis.link.js';

describe(RedisLink.name, () => {
  it('says that it is down when the client refuses the address', async () => {
    const owner = { prepare: vi.fn(), onUp: vi.fn(), onDown: vi.fn() };
    const link = new RedisLink('redis://127.0.0.1:9/abc', owner);
    link.start();
    await vi.waitFor(() => expect(owner.onDown).toHaveBeenCalledWith(expect.any(TypeError)), 5000);
    expect(link.client).toBeUndefined();
    await link.close();
  });
});
