import { describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer } from '../support/upstream.scenarios.js';

describe('the access log', () => {
  const fixture = ProxyFixture.forTests();
  const lineOf = async (id: string | undefined) => {
    await until('the line', () => fixture.app.accessLines.some((line) => line['request_id'] === id));
    return fixture.app.accessLines.filter((line) => line['request_id'] === id);
  };

  it('has one line a request: token, target, bytes, times, and what ended it', async () => {
    const response = await fixture.call({ target: '/v1/chat/completions?api_key=canary-in-query', body: '{"x":1}' });
    const lines = await lineOf(response.header('x-proxy-request-id'));
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/Z$/),
        msg: 'request',
        request_id: response.header('x-proxy-request-id'),
        token_id: fixture.token.id,
        project_id: fixture.token.project_id,
        method: 'POST',
        path: '/v1/chat/completions',
        status: 200,
        end: 'ok',
        bytes_in: 7,
        bytes_out: 11,
        queue_ms: expect.any(Number),
        upstream_ms: expect.any(Number),
        total_ms: expect.any(Number),
        remote: '127.0.0.1',
      },
    ]);
    expect(fixture.app.log).not.toContain('canary-in-query');
  });

  it('names the reason of a refusal, for management and unknown paths too', async () => {
    for (const [target, code, end] of [
      ['/manage/projects', 'unauthorized', 'auth'],
      ['/nowhere', 'not_found', 'client'],
      ['/v1/../x', 'target_invalid', 'client'],
    ] as const) {
      const response = await fixture.call({ method: 'GET', target, headers: [['X-Request-Id', `row-${code}`]] });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await lineOf(`row-${code}`)).toMatchObject([{ code, end, status: response.status }]);
    }
  });

  it('SL-07 cannot be forged: whatever comes in, one line of JSON goes out', async () => {
    const before = fixture.app.log.split('\n').length;
    await fixture.call({
      target: '/v1/x%22%7D%7B',
      headers: [...fixture.headers(), ['User-Agent', '\x1b[31m"}{"level":"fatal"}']],
    });
    await until('the line', () => fixture.app.log.split('\n').length > before);
    for (const line of fixture.app.log.split('\n').filter(Boolean))
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(fixture.app.log).not.toContain('\x1b');
  });

  it.each([
    ['in clear', (token: string) => token],
    ['in escapes', (token: string) => [...token].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
    ['in escapes of escapes', (token: string) => token.replace('sk-', '%2573k-')],
  ])('SL-08 shows no credential that a client writes %s into an id or a path', async (_how, form) => {
    const before = fixture.app.log.length;
    const { token } = fixture.token;
    const response = await fixture.call({
      target: `/v1/models/${form(token)}`,
      headers: [...fixture.headers(), ['X-Request-Id', token]],
    });
    const id = response.header('x-proxy-request-id');
    expect(id).not.toContain('sk-');
    await lineOf(id);
    expect(fixture.app.log.slice(before)).not.toContain(token.slice(8, -2));
    expect(fixture.app.log.slice(before)).not.toContain(form(token).slice(8));
  });

  it('SL-08 shows no management token in a path either', async () => {
    const response = await fixture.call({
      target: `/v1/models/${MANAGEMENT_TOKEN}`,
      headers: [['Authorization', `Bearer ${MANAGEMENT_TOKEN}`]],
    });
    expect(await lineOf(response.header('x-proxy-request-id'))).toMatchObject([{ path: '/v1/models/…' }]);
  });

  it('warns of faults and of a refused upstream key; a health check is no information', async () => {
    for (const status of [200, 401, 403, 404, 500]) {
      fixture.upstream.once(answer({ status, body: '{}' }));
      const response = await fixture.call({ target: `/v1/status/${status}` });
      await lineOf(response.header('x-proxy-request-id'));
    }
    await fixture.call({ headers: [['Authorization', 'Bearer wrong']], target: '/v1/status/ours' });
    await fixture.call({ method: 'GET', target: '/live', headers: [] });
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      exchange.reset();
    });
    await fixture.call({ target: '/v1/status/reset' });
    const levels = () =>
      Object.fromEntries(
        fixture.app.accessLines
          .filter(({ path }) => String(path).startsWith('/v1/status'))
          .map(({ path, level }) => [String(path).slice(11), level]),
      );
    await until('all lines', () => Object.keys(levels()).length === 7);
    expect(levels()).toEqual({
      200: 'info',
      401: 'warn',
      403: 'warn',
      404: 'info',
      500: 'warn',
      ours: 'info',
      reset: 'warn',
    });
    expect(fixture.app.accessLines.filter(({ path }) => path === '/live')).toEqual([]);
  });

  it('counts the bytes of refusals and of management responses', async () => {
    for (const [method, target, headers] of [
      ['GET', '/manage/projects', [['Authorization', `Bearer ${MANAGEMENT_TOKEN}`]]],
      ['GET', '/manage/projects', []],
      ['GET', '/nowhere', []],
      ['GET', '/v1/../x', []],
      ['POST', '/v1/models', []],
      ['HEAD', '/nowhere', []],
    ] as const) {
      const response = await fixture.call({ method, target, headers: [...headers, ['X-Request-Id', 'bytes']] });
      const id = response.header('x-proxy-request-id') ?? response.header('x-request-id');
      await lineOf(id);
      expect(fixture.app.accessLines.at(-1)).toMatchObject({ bytes_out: response.body.length });
    }
  });

  it('has the address of a client that has left', async () => {
    const stream = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ target: '/v1/left', headers: fixture.headers() });
    await stream.opened();
    client.reset();
    const left = () => fixture.app.accessLines.filter(({ path }) => path === '/v1/left');
    await until('the line', () => left().length > 0);
    expect(left()).toMatchObject([{ end: 'client', remote: '127.0.0.1' }]);
  });

  it.each([
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00', 'TLS was spoken to a plain HTTP port'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP/2 was spoken to an HTTP/1.1 port'],
    ['the PROXY protocol', 'PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n', 'the PROXY protocol was spoken to a plain HTTP port'],
  ])('names %s on the plain port', async (_what, bytes, why) => {
    const before = fixture.app.accessLines.length;
    const client = await fixture.connect();
    await client.write(bytes);
    await until('the line', () => fixture.app.accessLines.length > before);
    expect(fixture.app.accessLines.slice(before)).toMatchObject([{ status: 400, why, remote: '127.0.0.1' }]);
    client.destroy();
  });

  it('a request the parser refuses has one line too', async () => {
    const before = fixture.app.accessLines.length;
    const client = await fixture.connect();
    await client.write('GET / HTTP/9.9\r\n\r\n');
    expect((await client.response()).status).toBe(400);
    await until('the line', () => fixture.app.accessLines.length > before);
    expect(fixture.app.accessLines.slice(before)).toMatchObject([
      { status: 400, code: 'request_invalid', end: 'client' },
    ]);
    client.destroy();
  });
});
