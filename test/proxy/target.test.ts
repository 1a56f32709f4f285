import { METHODS } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { targetProblem } from '../../src/http/target.gate.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { RawClient } from '../support/raw.client.js';

const REFUSED: [string, string[]][] = [
  ['TG-01 absolute form', ['http://evil/v1/models', 'HTTP://127.0.0.1/v1/models']],
  ['TG-02 userinfo', ['https://u:p@evil/v1/models']],
  ['TG-03 network path', ['//evil/v1/models', '///v1/models']],
  ['TG-04 backslash', ['/\\evil/x', '\\\\evil\\x', '/v1\\..\\admin', '/v1/models\\x']],
  ['TG-05 at-sign', ['@evil/x']],
  ['TG-07 asterisk', ['*']],
  ['TG-08 other schemes', ['file:///etc/passwd', 'http://unix:/s:/v1', 'ws://evil/v1']],
  ['TG-09 dot segments', ['/v1/../manage/projects', '/v1/./models', '/v1/..', '/..', '/v1/models/.']],
  ['TG-10 encoded dots', ['/v1/%2e%2e/admin', '/v1/%2E./x', '/v1/.%2e/x', '/v1/gpt%2e5']],
  ['TG-11 encoded slashes', ['/v1%2fmodels', '/v1/a%5cb', '/v1/%2Fx']],
  ['TG-12 fragment', ['/v1/models#x', '/v1/models?x#y']],
  ['TG-13 path parameters', ['/v1/models/..;/admin', '/v1/models;x=1']],
  ['TG-14 encoded controls', ['/v1/a%00', '/v1/a%09', '/v1/a%0d%0aX:%20y', '/v1/a%7f']],
  ['TG-15 broken escapes', ['/v1/a%', '/v1/a%2', '/v1/a%zz']],
  ['TG-16 overlong UTF-8', ['/v1/%c0%ae%c0%ae/x', '/v1/%ff']],
  ['TG-17 raw 8-bit', ['/v1/mod\xe9ls', '/v1/models?x=\xff']],
];

describe('the target gate', () => {
  const fixture = ProxyFixture.forTests();
  const status = async (target: string, method = 'GET'): Promise<[number, unknown]> => {
    const response = await fixture.call({ method, target });
    return [response.status, codeOf(response)];
  };

  it.each(REFUSED)('%s', async (_row, targets) => {
    for (const target of targets) {
      const client = await RawClient.connect(fixture.app.port);
      await client.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`);
      const response = await client.response();
      client.destroy();
      expect([target, response.status]).toEqual([target, 400]);
      expect(['target_invalid', 'request_invalid']).toContain(codeOf(response));
    }
    expect(fixture.bytesUpstream).toBe(0);
  });

  /** In the shape of management or of OpenAI. */
  const refusal = async (target: string): Promise<[number, string]> => {
    const response = await fixture.call({ method: 'GET', target });
    const { code, error } = JSON.parse(String(response.body)) as { code?: string; error: { code: string } };
    return [response.status, code ?? error.code];
  };

  it('TG-25 every other route passes the same gate', async () => {
    for (const path of ['/manage/projects', '/health', '/docs', '/nowhere'])
      for (const trick of [`/x/..${path}`, `${path};x`, `/${path}`, `${path}/%2e%2e/x`, `http://evil${path}`])
        expect([trick, await refusal(trick)]).toEqual([trick, [400, 'target_invalid']]);
  });

  it('TG-05 TG-11 odd but plain paths are literal and stay on our origin', async () => {
    for (const target of [
      '/v1/@evil/x',
      '/v1/a%252fb',
      '/v1//models',
      '/v1/files/a%20b%C3%A9',
      "/v1/x!$&'()*+,=:@~-._",
    ]) {
      await fixture.call({ method: 'GET', target });
      expect((await fixture.upstream.nextRequest()).target).toBe(target);
    }
  });

  it('the query is opaque: it passes as sent', async () => {
    const target = '/v1/models?url=http://evil/../x&a=%2e%2e%2f&b=%00&c=;d&&=%zz';
    await fixture.call({ method: 'GET', target });
    expect((await fixture.upstream.nextRequest()).target).toBe(target);
  });

  it('TG-13 TG-19 what only decodes to /v1 or differs in case is not /v1', async () => {
    for (const target of ['/%76%31/models', '/V1/Models', '/v1', '/v1/', '/v1?x', '/v10/models', '/v1models'])
      expect([target, (await fixture.call({ method: 'GET', target })).status]).toEqual([target, 404]);
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('TG-22 a long target is refused', async () => {
    expect([414, 431]).toContain((await fixture.call({ method: 'GET', target: `/v1/${'a'.repeat(32_768)}` })).status);
  });

  it.each(METHODS.filter((method) => method !== 'TRACE' && method !== 'CONNECT'))('%s passes', async (method) => {
    const response = await fixture.call({ method, target: '/v1/models', body: method === 'HEAD' ? '' : '{"a":1}' });
    expect(response.status).toBe(200);
    const request = await fixture.upstream.nextRequest();
    expect([request.method, request.target]).toEqual([method, '/v1/models']);
    await request.bodyEnded();
    expect(request.body.toString()).toBe(method === 'HEAD' ? '' : '{"a":1}');
  });

  it('an unusual method is 405 where there is another one, and 404 elsewhere', async () => {
    expect(await fixture.call({ method: 'REPORT', target: '/live' })).toMatchObject({ status: 405 });
    expect((await fixture.call({ method: 'PURGE', target: '/manage/projects' })).header('allow')).toBe(
      'GET, HEAD, POST',
    );
    expect(await fixture.call({ method: 'QUERY', target: '/nowhere' })).toMatchObject({ status: 404 });
  });

  it('TRACE and CONNECT are 405', async () => {
    expect(await status('/v1/models', 'TRACE')).toEqual([405, 'method_not_allowed']);
    const client = await fixture.connect();
    await client.write('CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n');
    expect((await client.response()).status).toBe(405);
    client.destroy();
  });

  it('TG-23 the Host of the client chooses nothing; two, none and a broken one are refused', async () => {
    const auth = fixture.headers();
    expect((await fixture.call({ headers: [['Host', 'evil'], ...auth] })).status).toBe(200);
    expect((await fixture.upstream.nextRequest()).header('host')).toBe(`127.0.0.1:${fixture.upstream.port}`);
    fixture.upstream.clear();
    for (const hosts of [
      [
        ['Host', 'a'],
        ['Host', 'b'],
      ],
      [['Host', 'a b']],
      [['Host', 'a/b']],
    ] as [string, string][][])
      expect((await fixture.call({ headers: [...hosts, ...auth] })).status).toBe(400);
    const client = await fixture.connect();
    await client.write(`GET /v1/models HTTP/1.1\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`);
    expect((await client.response()).status).toBe(400);
    client.destroy();
    expect(fixture.upstream.requests).toHaveLength(0);
  });

  it('/v1/organization is refused, however it is written', async () => {
    for (const target of [
      '/v1/organization',
      '/v1/organization/users',
      '/v1//organization/x',
      '/v1/%6frganization/x',
      '/v1/organization?x',
    ])
      expect([target, await status(target)]).toEqual([target, [403, 'endpoint_not_allowed']]);
    expect(await status('/v1/organizations')).toEqual([200, undefined]);
  });

  it('what passes is what a URL parser sees on our own origin (property)', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '/',
            '.',
            '%',
            '2',
            'e',
            'f',
            '\\',
            '@',
            ':',
            ';',
            '?',
            '#',
            'v',
            '1',
            'a',
            '\t',
            'é',
            '\r',
            '\n',
            ' ',
          ),
          maxLength: 24,
        }),
        (text) => {
          const target = `/${text}`;
          if (targetProblem(target)) return;
          const url = new URL(target, 'http://our.origin');
          expect(url.origin).toBe('http://our.origin');
          expect(url.pathname).toBe(target.split('?')[0]);
        },
      ),
      { numRuns: 20_000 },
    );
  });
});
