import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { onEveryStore } from '../support/databases.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { TokenEntity } from '../../src/token/token.entity.js';

interface Own {
  error?: { code: string; type: string };
  [field: string]: unknown;
}

onEveryStore('an app that asks for its own token', (onStore) => {
  const fixture = ProxyFixture.forTests({}, onStore);

  const own = async ({ token }: { token: string }, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${fixture.app.url}/token`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Own };
  };

  it('sees its status, expiry, what is left, limits and scope, and no secret', async () => {
    const token = await fixture.app.token({
      name: 'app',
      max_requests: 10,
      rate_limit_per_minute: 60,
      allowed_models: ['gpt-*'],
    });
    await fixture.call({ headers: fixture.headers(token), body: '{"model":"gpt-4o"}' });
    const { status, body, headers } = await own(token);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      id: token.id,
      project_id: token.project_id,
      name: 'app',
      status: 'active',
      expires_at: token['expires_at' as keyof typeof token],
      max_requests: 10,
      remaining_requests: 9,
      rate_limit_per_minute: 60,
      allowed_models: ['gpt-*'],
    });
  });

  it('counts nothing, not even for the token itself', async () => {
    const token = await fixture.app.token({ max_requests: 1 });
    for (let i = 0; i < 3; i += 1) expect((await own(token)).body['remaining_requests']).toBe(1);
    const { request_count, ...rest } = await fixture.app.tokenById(token.id);
    expect([request_count, 'last_used_at' in rest]).toEqual([0, false]);
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('sees that it is revoked, expired or exhausted, or its project closed', async () => {
    const [revoked, expired, exhausted, closed] = [
      await fixture.app.token(),
      await fixture.app.token(),
      await fixture.app.token({ max_requests: 1 }),
      await fixture.app.token(),
    ];
    await fixture.app.manage('DELETE', `/manage/tokens/${revoked.id}`);
    await fixture.app.running.app
      .get(DataSource)
      .manager.update(TokenEntity, { id: expired.id }, { expiresAt: Date.now() - 1 });
    await fixture.call({ headers: fixture.headers(exhausted) });
    await fixture.app.manage('PATCH', `/manage/projects/${closed.project_id}`, { is_active: false });
    const statuses = [];
    for (const token of [revoked, expired, exhausted, closed]) statuses.push((await own(token)).body['status']);
    expect(statuses).toEqual(['revoked', 'expired', 'exhausted', 'project_inactive']);
  });

  it('sees what is left of the one cap when it was replaced, and nothing of the other', async () => {
    const old = await fixture.app.token({ max_requests: 5 });
    const answer = await fixture.app.manage('POST', `/manage/tokens/${old.id}/replace`, { overlap_minutes: 5 });
    const next = (await answer.json()) as { id: string; token: string };
    await fixture.call({ headers: fixture.headers(next) });
    await fixture.call({ headers: fixture.headers(old) });
    const { body } = await own(old);
    expect(body).toMatchObject({ id: old.id, status: 'withering', max_requests: 5, remaining_requests: 3 });
    expect(JSON.stringify(body)).not.toContain(next.id);
    expect((await own(next)).body).toMatchObject({ id: next.id, remaining_requests: 3 });
  });

  it('is refused with an error as OpenAI has it: an unknown token, none, one from elsewhere', async () => {
    const bound = await fixture.app.token({ allowed_ips: ['192.0.2.0/24'] });
    const unknown = { token: `sk-wt-${'A'.repeat(38)}` };
    for (const [answer, status, code] of [
      [await own(bound), 403, 'ip_not_allowed'],
      [await own(unknown), 401, expect.stringMatching(/^token_(?:not_found|malformed)$/)],
      [await own({ token: 'a b' }), 401, 'token_malformed'],
      [await own(bound, { authorization: '' }), 401, 'token_missing'],
    ] as const) {
      expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
      expect(answer.headers.get('x-proxy-error')).toBe(answer.body.error!.code);
    }
    expect((await fixture.app.manage('GET', '/token')).status).toBe(401);
  });

  it('is limited to 60 calls a minute, each token for itself', async () => {
    const [eager, other] = [await fixture.app.token(), await fixture.app.token()];
    const answers = [];
    for (let i = 0; i < 61; i += 1) answers.push(await own(eager));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    const { status, body, headers } = answers.at(-1)!;
    expect([status, body.error?.code, Number(headers.get('retry-after')) > 0]).toEqual([
      429,
      'rate_limit_exceeded',
      true,
    ]);
    expect((await own(other)).status).toBe(200);
    expect((await fixture.call({ headers: fixture.headers(eager) })).status).toBe(200);
  });

  it('leaves no event, and a line that names the token', async () => {
    const token = await fixture.app.token();
    await own(token);
    const lines = fixture.app.accessLines.filter((line) => line['token_id'] === token.id);
    expect(lines.map(({ path, status }) => [path, status])).toEqual([['/token', 200]]);
    const kept = await fixture.app.manage('GET', `/manage/requests?token_id=${token.id}`);
    expect(await kept.json()).toEqual([]);
  });
});

describe('GET /token', () => {
  const fixture = ProxyFixture.forTests();
  it('answers other methods 405, as OpenAI has it', async () => {
    const answer = await fetch(`${fixture.app.url}/token`, { method: 'POST' });
    const body = (await answer.json()) as Own;
    expect([answer.status, answer.headers.get('allow'), body.error?.code]).toEqual([
      405,
      'GET, HEAD',
      'method_not_allowed',
    ]);
  });
});
