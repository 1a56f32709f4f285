import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerdictView } from '../../src/proxy/admission/check.dto.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { policyFixture } from '../support/policy.fixture.js';
import type { ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';

interface Asked {
  method: string;
  path: string;
  model?: string;
  ip?: string;
  origin?: string;
}

const ask = async (app: TestApp, id: string, asked: object, credential?: string): Promise<Response> =>
  app.manage('POST', `/manage/tokens/${id}/check`, asked, credential);
async function verdict(app: TestApp, id: string, asked: Asked): Promise<VerdictView> {
  const response = await ask(app, id, asked);
  expect(response.status).toBe(200);
  return (await response.json()) as VerdictView;
}
const CHAT: Asked = { method: 'POST', path: '/v1/chat/completions', model: 'gpt-4.1' };

onEveryStore('POST /manage/tokens/{id}/check', (store) => {
  let fresh: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    fresh = await store.fresh();
    app = await TestApp.start(fresh.variables);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  const change = async (id: string, columns: Partial<TokenEntity>) =>
    app.running.app.get(DataSource).manager.update(TokenEntity, { id }, columns);

  it('allows what nothing refuses, and counts nothing', async () => {
    const token = await app.token({ max_requests: 1 });
    expect(await verdict(app, token.id, CHAT)).toEqual({ allowed: true });
    expect(await verdict(app, token.id, { method: 'GET', path: '/v1/models' })).toEqual({ allowed: true });
    expect(await app.tokenById(token.id)).toMatchObject({ request_count: 0, remaining_requests: 1 });
    expect((await app.tokenById(token.id))['last_used_at']).toBeUndefined();
  });

  it.each([
    [{ path: '/v1/models/..' }, 'path', 'target_invalid'],
    [{ path: '/v2/models' }, 'path', 'not_found'],
    [{ path: '/v1/organization/users' }, 'provider', 'endpoint_not_allowed'],
    [{ ip: '192.0.2.7' }, 'allowed_ips', 'ip_not_allowed'],
    [{ path: '/v1/embeddings' }, 'allowed_endpoints', 'endpoint_not_allowed'],
    [{ model: 'o5' }, 'allowed_models', 'model_not_allowed'],
    [{ model: undefined }, 'allowed_models', 'model_not_allowed'],
  ] as const)('names the rule that refuses %j', async (asked, rule, code) => {
    const token = await app.token({
      allowed_models: ['gpt-4*'],
      allowed_endpoints: ['/v1/chat/*', '/v1/models'],
      allowed_ips: ['10.0.0.0/8'],
    });
    const found = await verdict(app, token.id, { ...CHAT, ip: '10.1.2.3', ...asked });
    expect(found).toEqual({ allowed: false, rule, code, message: expect.stringMatching(/\.$/) });
  });

  it('judges the state of the token, its project and its caps', async () => {
    const project = await app.project({ max_requests_per_day: 1 });
    const token = await app.token({ project_id: project.id, max_requests: 5 });
    const rule = async () => {
      const { rule: found, code } = await verdict(app, token.id, CHAT);
      return [found, code];
    };
    expect(await rule()).toEqual([undefined, undefined]);
    await change(token.id, { requestCount: 5 });
    expect(await rule()).toEqual(['max_requests', 'token_exhausted']);
    await app.manage('PATCH', `/manage/projects/${project.id}`, { is_active: false });
    expect(await rule()).toEqual(['project', 'project_inactive']);
    await change(token.id, { expiresAt: Date.now() - 1000 });
    expect(await rule()).toEqual(['expires_at', 'token_expired']);
    await app.manage('DELETE', `/manage/tokens/${token.id}`);
    expect(await rule()).toEqual(['is_active', 'token_inactive']);
  });

  it('judges the day of a project', async () => {
    const project = await app.project({ max_requests_per_day: 1 });
    const token = await app.token({ project_id: project.id });
    expect(await verdict(app, token.id, CHAT)).toEqual({ allowed: true });
    const today = Math.floor(Date.now() / 86_400_000);
    await app.running.app.get(DataSource).query(`UPDATE projects SET count_day = ${today}, day_count = 1`);
    const found = await verdict(app, token.id, CHAT);
    expect([found.rule, found.code]).toEqual(['project', 'project_exhausted']);
  });

  it('is refused for a token of another project, and needs an address where one decides', async () => {
    const token = await app.token({ allowed_ips: ['10.0.0.1'] });
    expect(await refused(ask(app, token.id, CHAT))).toMatchObject({ code: 'validation_failed', fields: ['ip'] });
    const { token: other } = await operator(app, { projects: [(await app.project()).id] });
    expect(await refused(ask(app, token.id, CHAT, other))).toMatchObject({ status: 404, code: 'token_not_found' });
    const { token: viewer } = await operator(app, { role: 'viewer', projects: [token.project_id] });
    expect((await ask(app, token.id, { ...CHAT, ip: '10.0.0.1' }, viewer)).status).toBe(200);
  });

  it.each([
    [{ path: '/v1/models' }, 'method'],
    [{ ...CHAT, method: 'post' }, 'method'],
    [{ ...CHAT, path: '/v1/models?key=sk-secret' }, 'path'],
    [{ ...CHAT, path: 'v1/models' }, 'path'],
    [{ ...CHAT, ip: '10.0.0.0/8' }, 'ip'],
    [{ ...CHAT, model: '' }, 'model'],
    [{ ...CHAT, body: {} }, 'body'],
  ])('refuses %j', async (asked, field) => {
    const { id } = await app.token();
    expect(await refused(ask(app, id, asked))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });
});

/** What a real request with these gets. */
async function called(fixture: ProxyFixture, { method, path, model, ip, origin }: Asked, token: TokenAnswer) {
  const isBodyless = method === 'GET' || method === 'DELETE';
  const response = await fixture.call({
    method,
    target: path,
    headers: [
      ...fixture.headers(token),
      ['X-Forwarded-For', ip!],
      ['X-Team', 'search'],
      ...(origin === undefined ? [] : [['Origin', origin] as [string, string]]),
      ...(isBodyless ? [] : [['Content-Type', 'application/json'] as [string, string]]),
    ],
    ...(isBodyless ? {} : { body: JSON.stringify(model === undefined ? {} : { model }) }),
  });
  return response.header('x-proxy-error');
}

const PROVIDERS = (baseUrl: string): string =>
  JSON.stringify({
    default_api: 'plain',
    apis: {
      plain: { base_url: baseUrl },
      narrow: {
        base_url: baseUrl,
        allowed_endpoints: ['/v1/chat/*', '/v1/models', '/v1/files/**', '/v1/responses'],
        allowed_methods: ['GET', 'POST'],
        param_whitelist: { model: ['gpt-4.1', 'o5'] },
        allowed_origins: ['https://app.example.com'],
        required_headers: ['X-Team'],
      },
    },
  });

describe('the check of a request', () => {
  const fixture = policyFixture(PROVIDERS, { TRUSTED_PROXIES: '127.0.0.1' });

  const asked = fc.record(
    {
      method: fc.constantFrom('GET', 'POST', 'DELETE'),
      path: fc.constantFrom(
        '/v1/chat/completions',
        '/v1/responses',
        '/v1/models',
        '/v1/files/a',
        '/v1/files/a%2Fb',
        '/v1/threads/runs',
        '/v1/organization/x',
        '/v1//models',
        '/v1/models;x',
      ),
      model: fc.constantFrom('gpt-4.1', 'gpt-4o', 'o5'),
      ip: fc.constantFrom('10.0.0.1', '192.0.2.7'),
      origin: fc.constantFrom('https://app.example.com', 'https://evil.example.com'),
    },
    { requiredKeys: ['method', 'path', 'ip'] },
  );
  const scope = fc.record(
    {
      allowed_models: fc.subarray(['gpt-4*', 'o5'], { minLength: 1 }),
      allowed_endpoints: fc.subarray(['/v1/chat/*', '/v1/models', '/v1/threads/**', '/v1/files/*'], { minLength: 1 }),
      allowed_ips: fc.constant(['10.0.0.0/8']),
    },
    { requiredKeys: [] },
  );

  it('says what the request gets, for any scope and provider', async () => {
    const projects = {
      plain: (await fixture.app.project({ provider: 'plain' })).id,
      narrow: (await fixture.app.project({ provider: 'narrow' })).id,
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('plain', 'narrow'),
        scope,
        fc.array(asked, { maxLength: 6 }),
        async (of, narrowing, all) => {
          const token = await fixture.app.token({ project_id: projects[of], ...narrowing });
          for (const one of all as Asked[]) {
            const { allowed, code } = await verdict(fixture.app, token.id, one);
            const real = await called(fixture, one, token);
            expect([one, narrowing, of, code]).toEqual([one, narrowing, of, real]);
            expect(allowed).toBe(real === undefined);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
