import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { expectRefused, oneProvider, policyFixture } from '../support/policy.fixture.js';
import { answer, finBeforeHeaders } from '../support/upstream.scenarios.js';

const APP = 'https://app.example.com';
const HOSTILE = [
  'null',
  'https://evil.example',
  'https://app.example.com.evil.example',
  'https://good.app.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://APP.example.com',
  'https://app.example.com/',
  'https://app.example.com, https://evil.example',
];
const corsNames = (headers: readonly (readonly [string, string])[]) =>
  headers.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith('access-control-'));
const asking = (origin: string, method = 'POST'): [string, string][] => [
  ['Origin', origin],
  ['Access-Control-Request-Method', method],
  ['Access-Control-Request-Headers', 'authorization, content-type, x-stainless-os'],
];

describe('allowed_origins', () => {
  const fixture = policyFixture(
    oneProvider({ allowed_origins: [APP], allowed_methods: ['GET', 'POST'], allowed_endpoints: ['/v1/responses'] }),
  );
  const target = '/v1/responses';

  it('serves a preflight without a token and without the upstream', async () => {
    const response = await fixture.call({ method: 'OPTIONS', target, headers: asking(APP) });
    expect([response.status, response.body.length, fixture.bytesUpstream]).toEqual([204, 0, 0]);
    expect(response.header('access-control-allow-origin')).toBe(APP);
    expect(response.header('access-control-allow-methods')).toBe('GET, POST');
    expect(response.header('access-control-allow-headers')).toBe('authorization, content-type, x-stainless-os');
    expect(response.header('access-control-max-age')).toBe('86400');
    expect(response.header('vary')).toMatch(/^Origin/);
    expect(response.header('access-control-allow-credentials')).toBeUndefined();
  });

  it.each(HOSTILE)('AD-13 refuses the preflight of %s', async (origin) => {
    const response = await fixture.call({ method: 'OPTIONS', target, headers: asking(origin) });
    expect([response.status, response.header('x-proxy-error')]).toEqual([403, 'origin_not_allowed']);
    expect(corsNames(response.rawHeaders)).toEqual([]);
  });

  it('refuses the preflight of an endpoint that is not allowed', async () => {
    const response = await fixture.call({ method: 'OPTIONS', target: '/v1/files', headers: asking(APP) });
    expect([response.status, response.header('x-proxy-error')]).toEqual([403, 'endpoint_not_allowed']);
  });

  it('takes an OPTIONS that is no preflight for a request like any other', async () => {
    const response = await fixture.call({ method: 'OPTIONS', target, headers: [['Origin', APP]] });
    expect([response.status, response.header('x-proxy-error')]).toEqual([401, 'token_missing']);
  });

  it('sets the CORS headers of a response, in place of the upstream’s own', async () => {
    fixture.upstream.once(
      answer({
        status: 200,
        headers: [
          ['Access-Control-Allow-Origin', '*'],
          ['access-control-allow-credentials', 'true'],
          ['Vary', 'Accept-Encoding'],
        ],
        body: 'ok',
      }),
    );
    const response = await fixture.call({ target, headers: [...fixture.headers(), ['Origin', APP]] });
    expect(response.rawHeaders.filter(([name]) => /^(?:access-control-|vary)/i.test(name))).toEqual([
      ['Vary', 'Accept-Encoding'],
      ['access-control-allow-origin', APP],
      ['access-control-expose-headers', expect.stringContaining('x-proxy-request-id')],
      ['vary', 'Origin'],
    ]);
    expect((await fixture.upstream.nextRequest()).header('origin')).toBe(APP);
  });

  it('marks refusals too, before and after the token is known', async () => {
    const anonymous = await fixture.call({ target, headers: [['Origin', APP]] });
    expect([anonymous.status, anonymous.header('access-control-allow-origin')]).toEqual([401, APP]);
    const refused = await expectRefused(
      fixture,
      { target: '/v1/files', with: [['Origin', APP]] },
      403,
      'endpoint_not_allowed',
    );
    expect(refused.header('access-control-allow-origin')).toBe(APP);
    fixture.upstream.reply(finBeforeHeaders());
    const broken = await fixture.call({ target, headers: [...fixture.headers(), ['Origin', APP]] });
    expect([broken.status, broken.header('access-control-allow-origin')]).toEqual([502, APP]);
  });

  it.each(HOSTILE)('AD-13 refuses a request from %s', async (origin) => {
    const response = await expectRefused(fixture, { target, with: [['Origin', origin]] }, 403, 'origin_not_allowed');
    expect(corsNames(response.rawHeaders)).toEqual([]);
  });

  it('serves a request without an origin, with Vary alone for caches', async () => {
    fixture.upstream.once(answer({ status: 200, headers: [['Access-Control-Allow-Origin', '*']], body: 'ok' }));
    const response = await fixture.call({ target });
    expect([response.status, response.header('access-control-allow-origin')]).toEqual([200, undefined]);
    expect(response.header('vary')).toBe('Origin');
    expect((await fixture.call({ target, headers: [] })).header('vary')).toBe('Origin');
  });

  it.each([APP, ...HOSTILE])('AD-13 is nothing to the management API: %s', async (origin) => {
    for (const [method, path] of [
      ['OPTIONS', '/manage/projects'],
      ['GET', '/manage/projects'],
      ['GET', '/health'],
    ] as const) {
      const response = await fixture.call({ method, target: path, headers: asking(origin, 'GET') });
      expect(response.status).not.toBe(204);
      expect(corsNames(response.rawHeaders)).toEqual([]);
    }
  });
});

describe('two providers', () => {
  const fixture = policyFixture((base_url) =>
    JSON.stringify({
      default_api: 'closed',
      apis: { closed: { base_url }, page: { base_url, allowed_origins: [APP] } },
    }),
  );

  it('a page of one is no page of the other', async () => {
    const project = await fixture.app.project({ provider: 'page' });
    const token = await fixture.app.token({ project_id: project.id });
    const call = (headers: [string, string][]) => fixture.call({ headers: [...headers, ['Origin', APP]] });
    expect((await call(fixture.headers(token))).header('access-control-allow-origin')).toBe(APP);
    const other = await call(fixture.headers());
    expect([other.status, corsNames(other.rawHeaders)]).toEqual([200, []]);
  });
});

describe('without allowed_origins', () => {
  const fixture = ProxyFixture.forTests();

  it('a preflight needs a token and goes upstream, and the upstream’s response passes', async () => {
    const anonymous = await fixture.call({ method: 'OPTIONS', headers: asking(APP) });
    expect([anonymous.status, corsNames(anonymous.rawHeaders)]).toEqual([401, []]);
    fixture.upstream.once(answer({ status: 200, headers: [['Access-Control-Allow-Origin', '*']], body: 'ok' }));
    const response = await fixture.call({ method: 'OPTIONS', headers: [...fixture.headers(), ...asking(APP)] });
    expect(response.header('access-control-allow-origin')).toBe('*');
    expect((await fixture.upstream.nextRequest()).method).toBe('OPTIONS');
  });
});
