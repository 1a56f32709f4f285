import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

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
