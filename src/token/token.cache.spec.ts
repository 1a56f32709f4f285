import { describe, expect, it } from 'vitest';
import { TokensInvalidated } from '../changes/domain.events.js';
import type { InFlightRegistry } from './in.flight.registry.js';
import { type KnownToken, TokenCache } from './token.cache.js';

const known = (id: string, projectId = 'p'): KnownToken => ({
  id,
  projectId,
  isActive: true,
  expiresAt: 1,
  capped: false,
  narrowing: undefined,
  limits: undefined,
  upstream: undefined,
  revision: 1,
  projectRevision: 1,
});

const nothingRuns = { changed: () => undefined } as unknown as InFlightRegistry;

describe(TokenCache.name, () => {
  it('AU-05 keeps at most ten thousand unknown tokens and as many known ones, the oldest go first', () => {
    const cache = new TokenCache(nothingRuns);
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

  it('forgets a token, or all of a project', () => {
    const cache = new TokenCache(nothingRuns);
    cache.keep('1', known('one', 'p'));
    cache.keep('2', known('two', 'p'));
    cache.keep('3', known('three', 'q'));
    cache.onChangesSeen(new TokensInvalidated(new Set(['one']), new Set(), false));
    expect([cache.get('1'), cache.get('2')?.id]).toEqual([undefined, 'two']);
    cache.onChangesSeen(new TokensInvalidated(new Set(), new Set(['p']), false));
    expect([cache.get('2'), cache.get('3')?.id]).toEqual([undefined, 'three']);
  });
});
