import { describe, expect, it } from 'vitest';
import { UPSTREAM_KEY } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer } from '../support/upstream.scenarios.js';

describe('headers on their way', () => {
  const fixture = ProxyFixture.forTests();
  const sent = async (headers: [string, string][], body = '{}') => {
    const response = await fixture.call({ headers: [...fixture.headers(), ...headers], body });
    return { response, request: await fixture.upstream.nextRequest() };
  };

  it('arrive upstream as they were sent: order, case, duplicates, 8-bit values; only the header table differs', async () => {
    const odd: [string, string][] = [
      ['X-A', '1'],
      ['x-a', '2'],
      ['X-a', '1'],
      ['Accept-Encoding', 'br;q=1,*;q=0'],
      ['OpenAI-Organization', 'org-1'],
      ['OpenAI-Project', 'proj-1'],
      ['User-Agent', 'odd/1.0 (caf\xe9)'],
      ['X-Request-Id', 'mine-1'],
      ['Content-Type', ' Application/JSON ; charset=utf-16'],
    ];
    const { request } = await sent(odd);
    expect(request.faults).toEqual([]);
    expect(request.header('host')).toBe(`127.0.0.1:${fixture.upstream.port}`);
    const own = new Set(['host', 'connection', 'content-length']);
    expect(request.headers.filter(([name]) => !own.has(name.toLowerCase()))).toEqual([
      ['Authorization', `Bearer ${UPSTREAM_KEY}`],
      ...odd.map(([name, value]) => [name, value.trim()]),
    ]);
  });

  it('HD-01 Connection cannot take the upstream key away', async () => {
    const { request, response } = await sent([['Connection', 'close, authorization']]);
    expect(request.headerValues('authorization')).toEqual([`Bearer ${UPSTREAM_KEY}`]);
    expect(response.status).toBe(200);
  });

  it('HD-02 Connection cannot take away what the upstream needs, but takes the options it names', async () => {
    const { request } = await sent([
      ['Connection', 'x-request-id, content-type, host, content-length, X-Hop'],
      ['X-Request-Id', 'abc'],
      ['Content-Type', 'application/json'],
      ['X-Hop', 'secret of this hop'],
    ]);
    expect(request.header('x-request-id')).toBe('abc');
    expect(request.header('content-type')).toBe('application/json');
    expect(request.header('content-length')).toBe('2');
    expect(request.header('x-hop')).toBeUndefined();
  });

  it('HD-04 HD-13 HD-14 HD-07 hop-by-hop, client addresses, second credentials, cookies and object keys stay here', async () => {
    const dropped = [
      'Keep-Alive', 'TE', 'Trailer', 'Proxy-Authorization', 'Proxy-Connection', 'HTTP2-Settings', 'Upgrade',
      'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Forwarded', 'X-Real-IP', 'CF-Connecting-IP', 'True-Client-IP',
      'Cookie', 'api-key', 'x-api-key', 'x-goog-api-key', '__proto__', 'constructor', 'hasOwnProperty',
    ]; // prettier-ignore
    const { request, response } = await sent(dropped.map((name) => [name, 'left-here']));
    expect(response.status).toBe(200);
    expect(request.rawHead.toString('latin1')).not.toContain('left-here');
  });

  it('HD-13 a credential in a subprotocol stays here where no socket is opened', async () => {
    const { request } = await sent([
      ['Sec-WebSocket-Protocol', `realtime, openai-insecure-api-key.${fixture.token.token}`],
    ]);
    expect(request.rawHead.toString('latin1')).not.toContain(fixture.token.token);
  });

  it('HD-08 a hundred equal headers arrive as a hundred', async () => {
    const { request } = await sent(Array.from({ length: 100 }, () => ['X-A', '1']));
    expect(request.headerValues('x-a')).toHaveLength(100);
  });

  it('come back as the upstream sent them, minus hop-by-hop, cookies and our own names', async () => {
    fixture.upstream.once(
      answer({
        status: 200,
        headers: [
          ['X-Request-ID', 'req_upstream'],
          ['openai-processing-ms', '12'],
          ['x-ratelimit-remaining-requests', '9'],
          ['Retry-After', '3'],
          ['Server-Timing', 'model;dur=5'],
          ['X-Odd', 'caf\xe9'],
          ['X-Two', 'a'],
          ['X-Two', 'b'],
          ['Set-Cookie', 'a=b'],
          ['Set-Cookie', 'c=d'],
          ['X-Proxy-Error', 'forged'],
          ['x-proxy-request-id', 'forged'],
          ['Connection', 'X-Hop'],
          ['X-Hop', 'hop'],
          ['Content-Type', 'application/json'],
        ],
        body: '{"ok":true}',
      }),
    );
    const { response, request } = await sent([['X-Request-Id', 'mine-2']]);
    expect(request.header('x-request-id')).toBe('mine-2');
    const own = new Set(['content-length', 'connection', 'keep-alive', 'transfer-encoding']);
    expect(response.rawHeaders.filter(([name]) => !own.has(name.toLowerCase()))).toEqual([
      ['X-Request-ID', 'req_upstream'],
      ['openai-processing-ms', '12'],
      ['x-ratelimit-remaining-requests', '9'],
      ['Retry-After', '3'],
      ['Server-Timing', 'model;dur=5'],
      ['X-Odd', 'caf\xe9'],
      ['X-Two', 'a'],
      ['X-Two', 'b'],
      ['Content-Type', 'application/json'],
      ['x-proxy-request-id', 'mine-2'],
      ['server-timing', expect.stringMatching(/^proxy;dur=\d+\.\d, queue;dur=\d+\.\d, upstream;dur=\d+\.\d$/)],
    ]);
  });

  it('HD-20 a request id that could forge a log line is replaced', async () => {
    const { response } = await sent([['X-Request-Id', 'a\tb"{}%0a']]);
    expect(response.header('x-proxy-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a path prefix of the base URL stands before the target', async () => {
    const project = await fixture.app.project({ base_url: `${fixture.upstream.baseUrl}/gateway/openai/` });
    const token = await fixture.app.token({ project_id: project.id });
    await fixture.call({ headers: fixture.headers(token), target: '/v1/models?x=%2f..#'.slice(0, -1), method: 'GET' });
    expect((await fixture.upstream.nextRequest()).target).toBe('/gateway/openai/v1/models?x=%2f..');
  });
});
