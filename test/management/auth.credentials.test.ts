import { describe, expect, it, vi } from 'vitest';
import { SecretMatcher } from '../../src/common/values/constant.time.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { request } from '../support/raw.client.js';

describe('credentials', () => {
  const fixture = ProxyFixture.forTests({ LOG_LEVEL: 'trace' });

  const refusedWith = async (headers: [string, string][], target = '/v1/models') => {
    const response = await fixture.call({ method: 'GET', target, headers });
    expect(fixture.bytesUpstream).toBe(0);
    return [response.status, codeOf(response)];
  };

  it('AU-01 two Authorization headers are 400, on either side', async () => {
    const other: [string, string] = ['authorization', 'Bearer other'];
    expect((await fixture.call({ method: 'GET', headers: [...fixture.headers(), other] })).status).toBe(400);
    expect((await fixture.call({ method: 'GET', headers: [other, ...fixture.headers()] })).status).toBe(400);
    expect((await fixture.call({ method: 'GET', headers: [...fixture.headers(), ...fixture.headers()] })).status).toBe(
      400,
    );
    const operator: [string, string] = ['Authorization', `Bearer ${MANAGEMENT_TOKEN}`];
    const answer = await request(fixture.app.port, { target: '/manage/projects', headers: [operator, operator] });
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([400, 'header_invalid']);
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('the management token is compared once a call', async () => {
    const compared = vi.spyOn(SecretMatcher.prototype, 'matches');
    expect((await fixture.app.manage('GET', '/manage/projects')).status).toBe(200);
    expect(compared).toHaveBeenCalledTimes(1);
    compared.mockRestore();
  });

  it.each([', Bearer other', ',', ' other', ', '])('AU-02 a list of credentials is 401: token%j', async (more) => {
    expect(await refusedWith([['Authorization', `Bearer ${fixture.token.token}${more}`]])).toEqual([
      401,
      'token_malformed',
    ]);
    expect(await refusedWith([['Authorization', `Bearer other${more} ${fixture.token.token}`]])).toEqual([
      401,
      'token_malformed',
    ]);
    const answer = await request(fixture.app.port, {
      target: '/manage/projects',
      headers: [['Authorization', `Bearer ${MANAGEMENT_TOKEN}${more}x`]],
    });
    expect(answer.status).toBe(401);
  });

  it.each([
    ['none', []],
    ['an empty one', [['Authorization', '']]],
    ['a cookie', [['Cookie', 'token={token}']]],
    ['another header', [['X-Api-Key', '{token}']]],
    ['a proxy’s header', [['Proxy-Authorization', 'Bearer {token}']]],
  ] as [string, [string, string][]][])('AU-04 %s is no credential', async (_what, headers) => {
    const filled = headers.map(([name, value]): [string, string] => [
      name,
      value.replace('{token}', fixture.token.token),
    ]);
    expect(await refusedWith(filled)).toEqual([401, 'token_missing']);
  });

  it('AU-04 SL-08 a token in the query is no credential, and is written nowhere', async () => {
    expect(await refusedWith([], `/v1/models?token=${fixture.token.token}&api_key=query-canary`)).toEqual([
      401,
      'token_missing',
    ]);
    await fetch(`${fixture.app.url}/manage/projects?token=${MANAGEMENT_TOKEN}`);
    for (const secret of [fixture.token.token, MANAGEMENT_TOKEN, 'query-canary'])
      expect(fixture.app.log).not.toContain(secret);
    expect(fixture.app.accessLines.at(-1)).toMatchObject({ path: '/manage/projects', status: 401 });
  });

  it.each([
    'Bearer',
    'Basic eDp5',
    'Bearer sk-proj-abcdefghijklmnopqrstuvwxyz',
    'Bearer sk-wt-short',
    'Token {token}',
    '{token}',
    'Bearer "{token}"',
    'Bearer {token}x',
    'Bearer {swapped}',
  ])('a malformed credential is 401 token_malformed: %s', async (value) => {
    const { token } = fixture.token;
    const swapped = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    expect(
      await refusedWith([['Authorization', value.replace('{token}', token).replace('{swapped}', swapped)]]),
    ).toEqual([401, 'token_malformed']);
  });

  it('takes the scheme in any case, and spaces around the token', async () => {
    for (const value of [`bearer ${fixture.token.token}`, `BEARER   ${fixture.token.token}  `])
      expect((await fixture.call({ headers: [['Authorization', value]] })).status).toBe(200);
    const answer = await request(fixture.app.port, {
      target: '/manage/projects',
      headers: [['authorization', `bEaReR ${MANAGEMENT_TOKEN}`]],
    });
    expect(answer.status).toBe(200);
  });
});
