import { afterEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../src/common/values/clock.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';

describe('the state of a token', () => {
  const fixture = ProxyFixture.forTests();
  afterEach(() => vi.restoreAllMocks());

  const use = async (token: { token: string }) => {
    const response = await fixture.call({ headers: fixture.headers(token) });
    return [response.status, response.status === 200 ? undefined : codeOf(response)];
  };
  const setClock = (ms: number) => vi.spyOn(fixture.app.running.app.get(Clock), 'now').mockReturnValue(ms);

  it.each([null, 5])('AU-08 expires to the millisecond, with cap %j', async (max_requests) => {
    const token = await fixture.app.token({ duration_minutes: 1, max_requests });
    const expiresAt = Date.parse(String(token['expires_at']));
    setClock(expiresAt - 1);
    expect(await use(token)).toEqual([200, undefined]);
    setClock(expiresAt);
    const { bytesUpstream } = fixture;
    expect(await use(token)).toEqual([401, 'token_expired']);
    expect(fixture.bytesUpstream).toBe(bytesUpstream);
    vi.restoreAllMocks();
    expect(await fixture.app.tokenById(token.id)).toMatchObject(max_requests === null ? {} : { request_count: 1 });
  });

  it('AU-08 a stream that was running when the token expired may finish', async () => {
    const token = await fixture.app.token({ duration_minutes: 1 });
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(token), body: '{}' });
    await paced.opened();
    setClock(Date.parse(String(token['expires_at'])) + 1);
    expect(await use(token)).toEqual([401, 'token_expired']);
    await paced.send('data: last\n\n');
    await paced.end();
    const response = await client.response();
    expect([response.truncated, response.text]).toEqual([false, 'data: last\n\n']);
    client.destroy();
  });

  it('AU-10 a project that is deactivated closes all its tokens at once, and reopens them', async () => {
    const project = await fixture.app.project();
    const tokens = [
      await fixture.app.token({ project_id: project.id }),
      await fixture.app.token({ project_id: project.id, max_requests: 9 }),
    ];
    for (const token of tokens) expect(await use(token)).toEqual([200, undefined]);
    await fixture.app.manage('PATCH', `/manage/projects/${project.id}`, { is_active: false });
    const { bytesUpstream } = fixture;
    for (const token of tokens) expect(await use(token)).toEqual([403, 'project_inactive']);
    expect(fixture.bytesUpstream).toBe(bytesUpstream);
    expect(await fixture.app.tokenById(tokens[1]!.id)).toMatchObject({ request_count: 1 });
    await fixture.app.manage('PATCH', `/manage/projects/${project.id}`, { is_active: true });
    for (const token of tokens) expect(await use(token)).toEqual([200, undefined]);
  });

  it('AU-16 tokens that look alike are never mixed', async () => {
    const [one, two] = [await fixture.app.token({ max_requests: 1 }), await fixture.app.token({ max_requests: 1 })];
    const twin = one.token.slice(0, 20) + two.token.slice(20);
    expect(await use({ token: twin })).toEqual([401, 'token_malformed']);
    expect([await use(one), await use(one), await use(two)]).toEqual([
      [200, undefined],
      [429, 'token_exhausted'],
      [200, undefined],
    ]);
  });
});
