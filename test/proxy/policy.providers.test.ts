import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/proxy.fixture.js';
import { policyFixture, providerFile } from '../support/policy.fixture.js';
import { silence } from '../support/upstream.scenarios.js';

describe('several providers', () => {
  const fixture = policyFixture((base_url) =>
    JSON.stringify({
      default_api: 'main',
      apis: {
        main: { base_url, allowed_endpoints: ['/v1/models'] },
        side: {
          base_url: `${base_url}/side/door/`,
          timeouts: { response_header: '1s' },
          connection: { max_connections: 2, idle_timeout: '1s' },
        },
      },
    }),
  );
  const call = async (fields: object, target = '/v1/models') => {
    const project = await fixture.app.project(fields as Record<string, unknown>);
    const token = await fixture.app.token({ project_id: project.id });
    return fixture.call({ method: 'GET', target, headers: fixture.headers(token) });
  };

  it('a project has the default one, or the one it names, with its path and its rules', async () => {
    await call({});
    expect((await fixture.upstream.nextRequest()).target).toBe('/v1/models');
    await call({ provider: 'side' }, '/v1/responses');
    expect((await fixture.upstream.nextRequest()).target).toBe('/side/door/v1/responses');
    expect(codeOf(await call({ provider: 'main' }, '/v1/responses'))).toBe('endpoint_not_allowed');
  });

  it('its own base URL goes before the provider’s, whose rules stay', async () => {
    await call({ base_url: `${fixture.upstream.baseUrl}/own` });
    expect((await fixture.upstream.nextRequest()).target).toBe('/own/v1/models');
    expect(codeOf(await call({ base_url: `${fixture.upstream.baseUrl}/own` }, '/v1/responses'))).toBe(
      'endpoint_not_allowed',
    );
  });

  it('the choice is validated, shown, changed and cleared', async () => {
    const { id, provider } = await fixture.app.project({ provider: 'side' });
    expect(provider).toBe('side');
    const patch = async (value: unknown) => {
      const answer = await fixture.app.manage('PATCH', `/manage/projects/${id}`, { provider: value });
      return [answer.status, ((await answer.json()) as { provider?: unknown }).provider];
    };
    expect(await patch('main')).toEqual([200, 'main']);
    expect(await patch(null)).toEqual([200, null]);
    for (const wrong of ['other', '', 5, '__proto__']) expect((await patch(wrong))[0]).toBe(400);
    const answer = await fixture.app.manage('POST', '/manage/projects', {
      name: 'x',
      api_key: 'sk-x',
      provider: 'other',
    });
    expect(await answer.json()).toMatchObject({
      code: 'validation_failed',
      error: 'provider must be one of main, side',
    });
  });

  it('each has its own deadlines', async () => {
    fixture.upstream.once(silence());
    expect(codeOf(await call({ provider: 'side' }))).toBe('upstream_timeout');
  });

  it('a project whose provider is gone is refused, and no other is used in its place', async () => {
    const project = await fixture.app.project({ provider: 'side' });
    const token = await fixture.app.token({ project_id: project.id });
    const only = providerFile(`apis: {main: {base_url: "${fixture.upstream.baseUrl}"}}`);
    fixture.app = await fixture.app.restart({ API_CONFIG_PATH: only });
    const response = await fixture.call({ headers: fixture.headers(token) });
    expect([response.status, codeOf(response), fixture.bytesUpstream]).toEqual([503, 'provider_unknown', 0]);
  });
});

describe('config/api_providers.example.yaml', () => {
  const fixture = policyFixture(() => readFileSync('config/api_providers.example.yaml', 'utf8'));

  it('starts a server', async () => {
    expect((await fetch(`${fixture.app.url}/ready`)).status).toBe(200);
    const response = await fixture.call({ method: 'GET', target: '/v1/organization/users' });
    expect(codeOf(response)).toBe('endpoint_not_allowed');
  });
});
