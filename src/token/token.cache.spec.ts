import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Repository } from 'typeorm';
import { getRepositoryToken } from '@nestjs/typeorm';
import { TestApp } from '../../test/support/app.js';
import { TokenAuthenticator } from './token.authenticator.js';
import { type KnownToken, TokenCache } from './token.cache.js';
import { TokenEntity } from './token.entity.js';

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

describe(TokenAuthenticator.name, () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start()));
  afterAll(() => app.close());

  it('a late read never brings back what was revoked meanwhile', async () => {
    const { id, token } = await app.token();
    const authenticator = app.running.app.get(TokenAuthenticator);
    const tokens = app.running.app.get<Repository<TokenEntity>>(getRepositoryToken(TokenEntity));
    const find = tokens.findOneBy.bind(tokens);
    vi.spyOn(tokens, 'findOneBy').mockImplementationOnce(async (where) => {
      const read = await find(where);
      await app.manage('DELETE', `/manage/tokens/${id}`);
      return read;
    });
    expect(await authenticator.identify(token)).toMatchObject({ id, isActive: false });
    expect(await authenticator.identify(token)).toMatchObject({ id, isActive: false });
  });
});
