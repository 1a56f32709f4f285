import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('a change by the operator is in force at the next call', () => {
  const fixture = ProxyFixture.forTests();
  const outcome = async (token: { token: string }) => {
    const response = await fixture.call({ headers: fixture.headers(token) });
    return response.header('x-proxy-error') ?? response.status;
  };
  const patch = (path: string, body: object) => fixture.app.manage('PATCH', path, body);

  it.each([[{}], [{ max_requests: 100 }]])('revoked and brought back (%o)', async (fields) => {
    const token = await fixture.app.token(fields);
    expect(await outcome(token)).toBe(200);
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    expect(await outcome(token)).toBe('token_inactive');
    await patch(`/manage/tokens/${token.id}`, { is_active: true });
    expect(await outcome(token)).toBe(200);
  });

  it('AU-10 the project deactivated, activated, closed', async () => {
    const token = await fixture.app.token();
    const project = `/manage/projects/${token.project_id}`;
    expect(await outcome(token)).toBe(200);
    await patch(project, { is_active: false });
    expect(await outcome(token)).toBe('project_inactive');
    await patch(project, { is_active: true });
    expect(await outcome(token)).toBe(200);
    await fixture.app.manage('DELETE', project);
    expect(await outcome(token)).toBe('token_inactive');
  });

  it('all tokens of a project revoked', async () => {
    const first = await fixture.app.token();
    const second = await fixture.app.token({ project_id: first.project_id });
    await outcome(first);
    const answer = await fixture.app.manage('POST', `/manage/projects/${first.project_id}/tokens/revoke`);
    expect(await answer.json()).toEqual({ revoked_count: 2, already_revoked_count: 0, total_tokens: 2 });
    expect([await outcome(first), await outcome(second)]).toEqual(['token_inactive', 'token_inactive']);
  });

  it('the upstream key and the base URL exchanged', async () => {
    const token = await fixture.app.token();
    await outcome(token);
    await patch(`/manage/projects/${token.project_id}`, {
      api_key: 'sk-second-key',
      base_url: `${fixture.upstream.baseUrl}/second`,
    });
    fixture.upstream.clear();
    await outcome(token);
    const request = await fixture.upstream.nextRequest();
    expect([request.header('authorization'), request.target]).toEqual([
      'Bearer sk-second-key',
      '/second/v1/chat/completions',
    ]);
  });
});
