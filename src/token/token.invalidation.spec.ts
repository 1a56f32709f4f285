import { describe, expect, it, vi } from 'vitest';
import { Invalidated } from '../changes/invalidated.js';
import type { InFlightRegistry } from './in.flight.registry.js';
import { type KnownToken, TokenCache } from './token.cache.js';
import { TokenInvalidation } from './token.invalidation.js';

const known = (id: string, projectId = 'p') => ({ id, projectId }) as KnownToken;

describe(TokenInvalidation.name, () => {
  function setUp() {
    const cache = new TokenCache();
    const invalidate = vi.fn<InFlightRegistry['invalidate']>();
    return {
      cache,
      invalidate,
      invalidation: new TokenInvalidation(cache, { invalidate } as unknown as InFlightRegistry),
    };
  }

  it('forgets a token, or all of a project', () => {
    const { cache, invalidation } = setUp();
    cache.keep('1', known('one', 'p'));
    cache.keep('2', known('two', 'p'));
    cache.keep('3', known('three', 'q'));
    invalidation.onInvalidated(new Invalidated({ tokens: new Set(['one']) }));
    expect([cache.get('1'), cache.get('2')?.id]).toEqual([undefined, 'two']);
    invalidation.onInvalidated(new Invalidated({ projects: new Set(['p']) }));
    expect([cache.get('2'), cache.get('3')?.id]).toEqual([undefined, 'three']);
  });

  it('forgets unknown tokens only when everything is invalid: they may have been imported', () => {
    const { cache, invalidation } = setUp();
    cache.keepUnknown('u');
    invalidation.onInvalidated(new Invalidated({ tokens: new Set(['one']) }));
    expect(cache.isUnknown('u')).toBe(true);
    invalidation.onInvalidated(new Invalidated({ everything: true }));
    expect(cache.isUnknown('u')).toBe(false);
  });

  it('empties the cache before the exchanges in flight are judged', () => {
    const { cache, invalidate, invalidation } = setUp();
    cache.keep('1', known('one'));
    invalidate.mockImplementation(() => expect(cache.get('1')).toBeUndefined());
    invalidation.invalidateToken('one');
    expect(invalidate).toHaveBeenCalledOnce();
  });
});
