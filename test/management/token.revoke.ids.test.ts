import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { refused } from '../support/refusal.js';
import { ROOT } from '../../src/common/values/actor.js';
import { RevokeService } from '../../src/token/revocation/revoke.service.js';

onEveryStore('POST /manage/tokens/revoke', (onStore) => {
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

  const revoke = (ids: unknown) => app.manage('POST', '/manage/tokens/revoke', { ids });
  const statusOf = async (id: string) => (await app.tokenById(id))['status'];
  const authorize = async (token: string) =>
    (await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })).status;

  it('revokes tokens of several projects at once, and counts', async () => {
    const tokens = [await app.token(), await app.token(), await app.token()];
    const stranger = await app.token();
    await app.manage('DELETE', `/manage/tokens/${tokens[2]!.id}`);
    const unknown = randomUUID();
    const answer = await revoke([tokens[0]!.id, unknown, tokens[1]!.id.toUpperCase(), tokens[2]!.id]);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { revoked_count: 2, already_revoked_count: 1, not_found: [unknown] },
    ]);
    for (const { id } of tokens) expect(await statusOf(id)).toBe('revoked');
    expect(await app.tokenById(tokens[0]!.id)).toMatchObject({ deactivated_at: expect.any(String) as string });
    expect(await authorize(tokens[0]!.token)).toBe(401);
    expect(await statusOf(stranger.id)).toBe('active');
  });

  it('is idempotent, and waits for replicas when asked to', async () => {
    const { id } = await app.token();
    await revoke([id]);
    const before = await app.tokenById(id);
    const again = await app.manage('POST', '/manage/tokens/revoke?wait=replicas', { ids: [id] });
    expect(await again.json()).toEqual({ revoked_count: 0, already_revoked_count: 1, not_found: [] });
    expect(again.headers.get('x-replicas-confirmed')).toBe('1');
    expect(await app.tokenById(id)).toEqual(before);
  });

  it('does not find tokens of projects that the actor does not see', async () => {
    const [own, foreign] = [await app.token(), await app.token()];
    const manager = { ...ROOT, role: 'manager' as const, projects: new Set([own.project_id]) };
    const result = await app.running.app.get(RevokeService).revoke(manager, [own.id, foreign.id]);
    expect(result).toEqual({ revoked_count: 1, already_revoked_count: 0, not_found: [foreign.id] });
    expect(await statusOf(foreign.id)).toBe('active');
  });

  it('revokes 500, and two calls at a time that overlap', async () => {
    const { id: project_id } = await app.project();
    const tokens = await Promise.all(Array.from({ length: 40 }, () => app.token({ project_id })));
    const ids = tokens.map(({ id }) => id);
    const others = Array.from({ length: 460 }, () => randomUUID());
    const results = await Promise.all([
      revoke([...ids, ...others]).then((answer) => answer.json()),
      revoke(ids.toReversed()).then((answer) => answer.json()),
    ]);
    const revoked = results.map((result) => (result as { revoked_count: number }).revoked_count);
    expect(revoked.toSorted((a, b) => a - b)).toEqual([0, 40]);
  });

  it.each([
    [undefined],
    [null],
    [[]],
    ['all'],
    [['1']],
    [[1]],
    [Array.from({ length: 501 }, () => randomUUID())],
    [['8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001', '8C1D2F0E-9d54-4a53-8a39-b7a2c8f4a001']],
  ])('refuses %j', async (ids) => {
    expect(await refused(revoke(ids))).toMatchObject({ status: 400, code: 'validation_failed', fields: ['ids'] });
  });
});
