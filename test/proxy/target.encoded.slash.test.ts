import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/proxy.fixture.js';
import { policyFixture } from '../support/policy.fixture.js';

describe('an encoded slash', () => {
  const fixture = policyFixture((baseUrl) =>
    JSON.stringify({
      default_api: 'open',
      apis: {
        open: { base_url: baseUrl, allow_encoded_slash: true },
        ruled: { base_url: baseUrl, allow_encoded_slash: true, allowed_endpoints: ['/v1/models/*', '/v1/files/**'] },
        strict: { base_url: baseUrl },
      },
    }),
  );
  const get = async (target: string, provider: string | null = null) => {
    const token = await fixture.app.token({ project_id: (await fixture.app.project({ provider })).id });
    return fixture.call({ method: 'GET', target, headers: fixture.headers(token) });
  };

  it.each(['/v1/models/vendor%2Fmodel', '/v1/models/a%2fb%2Fc?x=%2F..'])('in %s passes as it came', async (target) => {
    expect((await get(target)).status).toBe(200);
    expect((await fixture.upstream.nextRequest()).target).toBe(target);
  });

  it.each([
    '/v1/models/..%2Fx',
    '/v1/models/x%2F..',
    '/v1/models/x%2F..%2F..%2Forganization',
    '/v1/models/x%2F.',
    '/v1/models/x%2f%2Fy',
    '/v1/models/x%2F/y',
    '/v1/models/%2e%2e%2Fx',
    '/v1/models/x%5c%2Fy',
    '/v1/models/x%2Fy%00',
    '/manage%2Fx',
  ])('in %s is refused still', async (target) => {
    expect(codeOf(await get(target))).toBe('target_invalid');
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('does not reach the administration of the account', async () => {
    for (const target of ['/v1/organization%2Fusers', '/v1/organization%2fx/y'])
      expect(codeOf(await get(target))).toBe('endpoint_not_allowed');
  });

  it('is refused for the projects of another provider', async () =>
    expect(codeOf(await get('/v1/models/vendor%2Fmodel', 'strict'))).toBe('target_invalid'));

  it('matches the rules for paths below ** only', async () => {
    expect(codeOf(await get('/v1/models/vendor%2Fmodel', 'ruled'))).toBe('endpoint_not_allowed');
    expect((await get('/v1/files/a%2Fb', 'ruled')).status).toBe(200);
  });
});
