import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';

describe('revoking', () => {
  const fixture = ProxyFixture.forTests();
  const manage = (method: string, path: string) => fixture.app.manage(method, path);

  it('DELETE /manage/tokens/{id} revokes at once and is idempotent', async () => {
    const token = await fixture.app.token();
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
    const first = await manage('DELETE', `/manage/tokens/${token.id}`);
    expect([first.status, await first.text()]).toEqual([204, '']);
    const { bytesUpstream } = fixture;
    const refusal = await fixture.call({ headers: fixture.headers(token) });
    expect([refusal.status, codeOf(refusal), refusal.header('x-should-retry')]).toEqual([
      401,
      'token_inactive',
      'false',
    ]);
    expect(fixture.bytesUpstream).toBe(bytesUpstream);

    const revoked = await fixture.app.tokenById(token.id);
    expect(revoked).toMatchObject({ is_active: false, deactivated_at: expect.any(String) });
    expect((await manage('DELETE', `/manage/tokens/${token.id}`)).status).toBe(204);
    expect(await fixture.app.tokenById(token.id)).toEqual(revoked);
  });

  it('DELETE /manage/tokens/{id} knows no unknown id', async () => {
    expect(await refused(manage('DELETE', `/manage/tokens/${randomUUID()}`))).toMatchObject({
      status: 404,
      code: 'token_not_found',
    });
    expect(await refused(manage('DELETE', '/manage/tokens/1'))).toMatchObject({ status: 400, code: 'invalid_id' });
  });

  it('POST …/tokens/revoke revokes every token of a project, and counts', async () => {
    const { id } = await fixture.app.project();
    const tokens = await Promise.all([1, 2, 3].map(() => fixture.app.token({ project_id: id })));
    const stranger = await fixture.app.token();
    for (const token of tokens) await fixture.call({ headers: fixture.headers(token) });
    await manage('DELETE', `/manage/tokens/${tokens[0]!.id}`);

    const answer = await manage('POST', `/manage/projects/${id}/tokens/revoke`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { revoked_count: 2, already_revoked_count: 1, total_tokens: 3 },
    ]);
    for (const token of tokens)
      expect(codeOf(await fixture.call({ headers: fixture.headers(token) }))).toBe('token_inactive');
    expect((await fixture.call({ headers: fixture.headers(stranger) })).status).toBe(200);

    const again = await manage('POST', `/manage/projects/${id}/tokens/revoke`);
    expect(await again.json()).toEqual({ revoked_count: 0, already_revoked_count: 3, total_tokens: 3 });
  });

  it('POST …/tokens/revoke works for a project without tokens and for an inactive one', async () => {
    const { id } = await fixture.app.project();
    const none = { revoked_count: 0, already_revoked_count: 0, total_tokens: 0 };
    expect(await (await manage('POST', `/manage/projects/${id}/tokens/revoke`)).json()).toEqual(none);
    await fixture.app.token({ project_id: id });
    await fixture.app.manage('PATCH', `/manage/projects/${id}`, { is_active: false });
    expect(await (await manage('POST', `/manage/projects/${id}/tokens/revoke`)).json()).toMatchObject({
      revoked_count: 1,
    });
  });

  it('POST …/tokens/revoke knows no unknown project', async () => {
    expect(await refused(manage('POST', `/manage/projects/${randomUUID()}/tokens/revoke`))).toMatchObject({
      status: 404,
      code: 'project_not_found',
    });
    expect(await refused(manage('POST', '/manage/projects/x/tokens/revoke'))).toMatchObject({
      status: 400,
      code: 'invalid_id',
    });
  });
});
