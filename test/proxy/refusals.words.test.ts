import { describe, expect, it, vi } from 'vitest';
import { Clock } from '../../src/common/values/clock.js';
import { newSecret } from '../../src/token/token.secret.js';
import { expectRefused, json, oneProvider, policyFixture } from '../support/policy.fixture.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';

type Headers = [string, string][];

describe('the words of a refusal', () => {
  const fixture = policyFixture(
    oneProvider({
      param_whitelist: { model: ['gpt-4o', 'gpt-4o-*'] },
      allowed_endpoints: ['/v1/responses', '/v1/models'],
    }),
  );
  const errorOf = async (call: Parameters<typeof fixture.call>[0]) =>
    ((await fixture.call(call)).json() as { error: { message: string; param: string | null; code: string } }).error;
  const withCredential = (headers: Headers, target = '/v1/models') => errorOf({ method: 'GET', target, headers });
  const secret = newSecret();

  it.each([
    [[['api-key', secret]], 'token_missing', /header api-key is not read/],
    [[['X-Api-Key', secret]], 'token_missing', /header x-api-key is not read/],
    [[['Authorization', 'Basic dXNlcjpwYXNz']], 'token_malformed', /scheme Basic; use Bearer/],
    [[['Authorization', secret]], 'token_malformed', /does not begin with Bearer/],
    [[['Authorization', 'Bearer']], 'token_malformed', /nothing follows Bearer/],
    [
      [['Authorization', `Bearer ${secret.slice(0, 10)}\xe2\x80\xa6${secret.slice(-4)}`]],
      'token_malformed',
      /shortened/,
    ],
    [[['Authorization', 'Bearer sk-proj-abcdefgh01234567']], 'token_malformed', /key for api\.openai\.com/],
    [[['Authorization', `Bearer ${MANAGEMENT_TOKEN}`]], 'token_malformed', /management token/],
    [[['Authorization', `Bearer ${secret.slice(0, -1)}`]], 'token_malformed', /43 characters/],
    [
      [['Authorization', `Bearer ${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}`]],
      'token_malformed',
      /character/,
    ],
  ] as [Headers, string, RegExp][])('names what was found in %j', async (headers, code, words) => {
    const error = await withCredential(headers);
    expect([error.code, error.param]).toEqual([code, null]);
    expect(error.message).toMatch(words);
    const given = headers[0]![1].replace(/^\w+(?: +|$)/, '') || secret;
    expect(error.message).not.toContain(given);
  });

  it('names the parameter of a query that has a key', async () =>
    expect((await withCredential([], `/v1/models?api_key=${secret}`)).message).toMatch(
      /parameter api_key of the query/,
    ));

  it('says when a token expired', async () => {
    const token = await fixture.app.token();
    const now = vi.spyOn(fixture.app.running.app.get(Clock), 'now');
    now.mockReturnValue(Date.parse(String(token['expires_at'])) + 1);
    expect((await withCredential(fixture.headers(token))).message).toContain(String(token['expires_at']));
    now.mockRestore();
  });

  it('names the model, those that are allowed, and that the token forbids it', async () => {
    const token = await fixture.app.token({ allowed_models: ['gpt-4o-mini', 'gpt-4o-audio'], max_requests: 9 });
    const ask = async (model: string) =>
      (
        await expectRefused(
          fixture,
          { token, target: '/v1/responses', body: `{"model":"${model}"}`, with: [json] },
          403,
          'model_not_allowed',
        )
      ).json();
    expect(await ask('gpt-4o')).toMatchObject({
      error: {
        message: 'The rules of the withering token do not allow the model gpt-4o; allowed: gpt-4o-mini, gpt-4o-audio.',
        param: 'model',
      },
    });
  });

  it('names the parameter and what the provider allows', async () =>
    expect(await errorOf({ target: '/v1/responses', body: '{"model":"dear"}' })).toMatchObject({
      message: 'The parameter model is not what the rules of the provider allow: gpt-4o, gpt-4o-*.',
      param: 'model',
    }));

  it('says which rules forbid an endpoint', async () => {
    const token = await fixture.app.token({ allowed_endpoints: ['/v1/responses'] });
    expect((await errorOf({ target: '/v1/files' })).message).toBe(
      'The rules of the provider do not allow this endpoint.',
    );
    expect((await errorOf({ method: 'GET', target: '/v1/models', headers: fixture.headers(token) })).message).toBe(
      'The rules of the withering token do not allow this endpoint.',
    );
  });

  it('says which address was seen', async () => {
    const token = await fixture.app.token({ allowed_ips: ['203.0.113.0/24'] });
    expect((await withCredential(fixture.headers(token))).message).toMatch(/: (?:::ffff:)?127\.0\.0\.1\.$/);
  });

  it('repeats no model that looks like a secret', async () => {
    const token = await fixture.app.token({ allowed_models: ['gpt-4o'], max_requests: 9 });
    for (const model of ['sk-proj-canary', 'canary'.repeat(10), 'canary\\u0000'])
      expect(
        (await errorOf({ target: '/v1/responses', body: `{"model":"${model}"}`, headers: fixture.headers(token) }))
          .message,
      ).not.toContain('canary');
  });
});
