import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TokenAuthenticator } from '../../src/token/token.authenticator.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => void (app = await TestApp.start()));
afterAll(() => app.close());

it('a read that began before a revocation does not bring the token back', async () => {
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
