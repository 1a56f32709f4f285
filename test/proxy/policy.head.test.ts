import { describe, expect, it } from 'vitest';
import { expectPassed, expectRefused, oneProvider, policyFixture } from '../support/policy.fixture.js';

describe('allowed_endpoints', () => {
  const fixture = policyFixture(
    oneProvider({ allowed_endpoints: ['/v1/models', '/v1/files/*', '/v1/threads/**', '/v1/chat/completions'] }),
  );

  it.each(['/v1/models', '/v1/models?x=/v1/evil', '/v1/files/file-1', '/v1/threads/t/runs/r', '/v1/threads/caf%C3%A9'])(
    'lets %s pass as it is',
    async (target) => {
      const { request } = await expectPassed(fixture, { method: 'GET', target });
      expect(request.target).toBe(target);
    },
  );

  it.each([
    '/v1/modelsX',
    '/v1/models.',
    '/v1/models/',
    '/v1//models',
    '/v1/Models',
    '/v1/%6dodels',
    '/v1/files',
    '/v1/files/a/content',
    '/v1/files/a%252fcontent',
    '/v1/threads/%252e%252e/organization',
    '/v1/responses',
  ])(
    'TG-20 TG-11 refuses %s',
    async (target) => void (await expectRefused(fixture, { method: 'GET', target }, 403, 'endpoint_not_allowed')),
  );
});

describe('/v1/organization', () => {
  const shut = policyFixture(oneProvider({ allowed_endpoints: ['/v1/organization/**', '/v1/models'] }));
  const open = policyFixture(oneProvider({ allow_organization: true }));

  it.each([
    '/v1/organization/users',
    '/v1/%6frganization/users',
    '/v1/%256frganization/users',
    '/v1/models/%252e%252e%252forganization',
  ])(
    'stays shut without allow_organization: %s',
    async (target) => void (await expectRefused(shut, { method: 'GET', target }, 403, 'endpoint_not_allowed')),
  );

  it('opens with it', async () => void (await expectPassed(open, { method: 'GET', target: '/v1/organization/users' })));
});

describe('allowed_methods and required_headers', () => {
  const fixture = policyFixture(
    oneProvider({ allowed_methods: ['get', 'POST'], required_headers: ['OpenAI-Project', 'origin'] }),
  );
  const given: [string, string][] = [
    ['openai-project', 'p'],
    ['Origin', 'https://app.example'],
  ];

  it('lets a request pass that has them', async () =>
    void (await expectPassed(fixture, { method: 'GET', target: '/v1/models', with: given })));

  it('refuses another method and names the allowed ones', async () => {
    const response = await expectRefused(fixture, { method: 'DELETE', with: given }, 405, 'method_not_allowed');
    expect(response.header('allow')).toBe('GET, POST');
  });

  it('refuses HEAD, which is not GET', async () => {
    const response = await fixture.call({ method: 'HEAD', headers: [...fixture.headers(), ...given] });
    expect(response.status).toBe(405);
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('refuses a request without a header, or with an empty one', async () => {
    await expectRefused(fixture, { with: [given[1]!] }, 400, 'header_required');
    await expectRefused(fixture, { with: [['OpenAI-Project', ''], given[1]!] }, 400, 'header_required');
    await expectRefused(fixture, { with: [given[0]!] }, 400, 'origin_required');
  });
});

describe('without a provider file', () => {
  const fixture = policyFixture(() => '{apis: {openai: {base_url: "http://127.0.0.1:1"}}}');

  it('or with one that restricts nothing, there is no policy at all', async () => {
    const project = await fixture.app.project({ base_url: null });
    expect(project['provider']).toBeNull();
    const response = await fixture.call({ method: 'GET', target: '/v1/anything' });
    expect(response.header('x-proxy-error')).toBe('upstream_unreachable');
  });
});
