import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { refused } from '../support/refusal.js';
import { ROOT } from '../../src/common/values/actor.js';
import { plainHash } from '../../src/crypto/token.hasher.js';
import { TokenFinder } from '../../src/token/lookup/token.finder.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { maskSecret, newSecret } from '../../src/token/token.secret.js';

onEveryStore('POST /manage/tokens/lookup', (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  const lookUp = (token: unknown) => app.manage('POST', '/manage/tokens/lookup', { token });
  const change = async (id: string, columns: Partial<TokenEntity>) =>
    app.running.app.get(DataSource).manager.update(TokenEntity, { id }, columns);

  it('finds a token by its secret, with white space around it, also once it is revoked', async () => {
    const token = await app.token({ name: 'leaked' });
    await app.manage('DELETE', `/manage/tokens/${token.id}`);
    const answer = await lookUp(` ${token.token}\n`);
    const found = (await answer.json()) as Record<string, unknown>;
    expect([answer.status, found['id'], found['status']]).toEqual([200, token.id, 'revoked']);
    expect(found['project_name']).toMatch(/^project \d+$/);
    expect(found['token']).toBe(maskSecret(token.token));
    expect(app.log).not.toContain(token.token);
  });

  it('finds a token that was hashed without a key', async () => {
    const { id } = await app.token();
    const secret = newSecret();
    await change(id, { secretHash: plainHash(secret) });
    expect(await (await lookUp(secret)).json()).toMatchObject({ id });
  });

  it('finds a token by its display form, with an ellipsis or three dots', async () => {
    const { id, token } = await app.token();
    const display = maskSecret(token);
    for (const text of [display, display.replace('…', '...')])
      expect(await (await lookUp(text)).json()).toMatchObject({ id });
  });

  it('says so when several have the display form', async () => {
    const [one, two] = [await app.token(), await app.token()];
    for (const { id } of [one, two]) await change(id, { secretDisplay: 'sk-wt-Same…Same' });
    expect(await refused(lookUp('sk-wt-Same…Same'))).toMatchObject({ status: 409, code: 'token_ambiguous' });
  });

  it('finds nothing for an unknown secret, nor for one of a project that the actor does not see', async () => {
    const { token, project_id } = await app.token();
    const unknown = { status: 404, code: 'token_not_found' };
    expect(await refused(lookUp(newSecret()))).toMatchObject(unknown);
    expect(await refused(lookUp('sk-wt-none…none'))).toMatchObject(unknown);
    const finder = app.running.app.get(TokenFinder);
    const viewer = { ...ROOT, role: 'viewer' as const };
    for (const text of [token, maskSecret(token)]) {
      await expect(finder.find({ ...viewer, projects: new Set(['another']) }, text)).rejects.toMatchObject(unknown);
      await expect(finder.find({ ...viewer, projects: new Set() }, text)).rejects.toMatchObject(unknown);
      await expect(finder.find({ ...viewer, projects: new Set([project_id]) }, text)).resolves.toMatchObject({
        projectId: project_id,
      });
    }
  });

  it.each([undefined, null, '', ' ', 1, ['a'], 'x'.repeat(513)])('refuses %j', async (token) => {
    expect(await refused(lookUp(token))).toMatchObject({ status: 400, code: 'validation_failed', fields: ['token'] });
  });
});
