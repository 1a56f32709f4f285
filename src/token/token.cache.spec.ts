import { describe, expect, it } from 'vitest';
import { type KnownToken, TokenCache } from './token.cache.js';

const known = (id: string, projectId = 'p'): KnownToken => ({
  id,
  projectId,
  isActive: true,
  expiresAt: 1,
  capped: false,
  scope: undefined,
  limits: undefined,
  upstream: undefined,
  revision: 1,
  projectRevision: 1,
  accountId: undefined,
  shownExpiry: undefined,
});

describe(TokenCache.name, () => {
  it('AU-05 keeps at most ten thousand unknown tokens and as many known ones, the oldest go first', () => {
    const cache = new TokenCache();
    for (let i = 0; i <= 10_000; i += 1) {
      cache.keepUnknown(`u${i}`);
      cache.keep(`k${i}`, known(`t${i}`));
    }
    expect([cache.isUnknown('u0'), cache.isUnknown('u1'), cache.isUnknown('u10000')]).toEqual([false, true, true]);
    expect([cache.get('k0'), cache.get('k1')?.id, cache.get('k10000')?.id]).toEqual([undefined, 't1', 't10000']);
  });

  it('AU-16 tells secrets apart by their whole digest, and keeps none of them', () => {
    const secret = `sk-wt-${'a'.repeat(37)}`;
    expect(TokenCache.digest(`${secret}b`)).not.toBe(TokenCache.digest(`${secret}c`));
    expect(TokenCache.digest(secret)).not.toContain('sk-wt');
  });
});
