import OpenAI, {
  APIError,
  AuthenticationError,
  InternalServerError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../src/common/values/clock.js';
import { newSecret } from '../../src/token/token.secret.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { finBeforeHeaders } from '../support/upstream.scenarios.js';

describe('a refusal', () => {
  const fixture = ProxyFixture.forTests();
  afterEach(() => vi.restoreAllMocks());

  /** What an app sees: the exception of the official client. */
  const raised = async (apiKey: string): Promise<APIError> => {
    const client = new OpenAI({ apiKey, baseURL: `${fixture.app.url}/v1`, maxRetries: 0 });
    return client.chat.completions.create({ model: 'm', messages: [] }).then(
      () => expect.unreachable('the call went through'),
      (error: unknown) => error as APIError,
    );
  };

  const expectRefusal = async (error: APIError, status: number, code: string, retry: string, kind: unknown) => {
    expect(error).toBeInstanceOf(kind);
    expect([error.status, error.code]).toEqual([status, code]);
    expect(error.headers?.get('x-should-retry')).toBe(retry);
    expect(error.headers?.get('x-proxy-error')).toBe(code);
    expect(error.headers?.get('x-proxy-request-id')).toBeTruthy();
    expect(error.error).toEqual({ message: expect.any(String), type: expect.any(String), param: null, code });
    expect(fixture.bytesUpstream).toBe(0);
    await expect
      .poll(() =>
        fixture.app.accessLines.filter((line) => line['request_id'] === error.headers?.get('x-proxy-request-id')),
      )
      .toHaveLength(1);
  };

  it('token_missing and token_malformed are AuthenticationErrors', async () => {
    const response = await fixture.call({ headers: [] });
    expect([response.status, response.header('x-proxy-error')]).toEqual([401, 'token_missing']);
    const checksumOff = newSecret().replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    for (const malformed of ['sk-proj-abc', 'sk-wt-short', checksumOff])
      await expectRefusal(await raised(malformed), 401, 'token_malformed', 'false', AuthenticationError);
  });

  it('AU-02 a list of credentials is malformed', async () => {
    const response = await fixture.call({
      headers: [['Authorization', `Bearer ${fixture.token.token}, Bearer ${fixture.token.token}`]],
    });
    expect([response.status, response.header('x-proxy-error')]).toEqual([401, 'token_malformed']);
  });

  it('AU-01 two Authorization headers are refused', async () => {
    const response = await fixture.call({ headers: [...fixture.headers(), ['authorization', 'Bearer other']] });
    expect([response.status, response.header('x-proxy-error')]).toEqual([400, 'header_invalid']);
  });

  it('AU-04 a token in the query or a cookie does not count, and is not logged', async () => {
    const { token } = fixture.token;
    const response = await fixture.call({
      target: `/v1/models?token=${token}`,
      headers: [['Cookie', `token=${token}`]],
    });
    expect(response.status).toBe(401);
    expect(fixture.app.log).not.toContain(token);
  });

  it('token_not_found', async () =>
    expectRefusal(await raised(newSecret()), 401, 'token_not_found', 'false', AuthenticationError));

  it('token_inactive', async () => {
    const token = await fixture.app.token();
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    await expectRefusal(await raised(token.token), 401, 'token_inactive', 'false', AuthenticationError);
  });

  it('AU-08 token_expired, for known and unknown tokens alike', async () => {
    const token = await fixture.app.token({ duration_minutes: 1 });
    const clock = fixture.app.running.app.get(Clock);
    const later = Date.now() + 60_001;
    vi.spyOn(clock, 'now').mockReturnValue(later);
    await expectRefusal(await raised(token.token), 401, 'token_expired', 'false', AuthenticationError);
  });

  it('project_inactive is a PermissionDeniedError', async () => {
    const token = await fixture.app.token();
    await fixture.app.manage('PATCH', `/manage/projects/${token.project_id}`, { is_active: false });
    await expectRefusal(await raised(token.token), 403, 'project_inactive', 'false', PermissionDeniedError);
  });

  it('token_exhausted is a RateLimitError that no client retries', async () => {
    const token = await fixture.app.token({ max_requests: 1 });
    await fixture.call({ headers: fixture.headers(token) });
    const bytes = fixture.bytesUpstream;
    const error = await raised(token.token);
    expect([error.status, error.code, error.headers?.get('x-should-retry')]).toEqual([429, 'token_exhausted', 'false']);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(fixture.bytesUpstream).toBe(bytes);
  });

  it('store_unavailable, never 401, when the database fails', async () => {
    const token = await fixture.app.token({ max_requests: 5 });
    const dataSource = fixture.app.running.app.get(DataSource);
    await fixture.call({ headers: fixture.headers(token) });
    const bytes = fixture.bytesUpstream;
    vi.spyOn(dataSource, 'query').mockRejectedValue(
      Object.assign(new Error('disk I/O error at /secret/path'), { code: 'SQLITE_IOERR' }),
    );
    const error = await raised(token.token);
    expect([error.status, error.code, error.headers?.get('x-should-retry')]).toEqual([
      503,
      'store_unavailable',
      'true',
    ]);
    expect(error.headers?.get('retry-after')).toBe('1');
    expect(error.headers?.get('retry-after-ms')).toBe('1000');
    expect(error).toBeInstanceOf(InternalServerError);
    expect(JSON.stringify(error.error)).not.toMatch(/secret|I\/O/);
    expect(fixture.bytesUpstream).toBe(bytes);
    expect((await fixture.call()).status).toBe(200);
  });

  it('upstream_auth_error when the stored key does not open, for that project alone', async () => {
    const token = await fixture.app.token();
    await fixture.app.running.app
      .get(DataSource)
      .query('UPDATE projects SET api_key = ? WHERE id = ?', [`enc:v2:00000000:${'A'.repeat(44)}`, token.project_id]);
    await expectRefusal(await raised(token.token), 503, 'upstream_auth_error', 'false', InternalServerError);
    expect((await fixture.call()).status).toBe(200);
  });

  it('upstream_reset asks the client not to try again', async () => {
    fixture.upstream.reply(finBeforeHeaders());
    const error = await raised(fixture.token.token);
    expect([error.status, error.code, error.headers?.get('x-should-retry')]).toEqual([502, 'upstream_reset', 'false']);
  });

  it('an error of the upstream passes unchanged', async () => {
    fixture.upstream.clear();
    const response = await fixture.call({ body: '{"broken' });
    expect(response.status).toBe(400);
    expect(response.header('x-proxy-error')).toBeUndefined();
    expect(response.header('x-request-id')).toBeDefined();
  });
});
