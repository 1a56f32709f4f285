import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('the address in the access log, behind a trusted proxy', () => {
  const fixture = ProxyFixture.forTests({ TRUSTED_PROXIES: '127.0.0.1' });
  const remoteOf = async (path: string): Promise<unknown> => {
    await until('the line', () => fixture.app.accessLines.some((line) => line['path'] === path));
    return fixture.app.accessLines.find((line) => line['path'] === path)!['remote'];
  };

  it.each([
    ['X-Forwarded-For', '203.0.113.7:4711'],
    ['X-Forwarded-For', '1.1.1.1, 203.0.113.7'],
    ['Forwarded', 'for="203.0.113.7:4711";proto=https'],
  ])('is that of the client, from %s: %s', async (name, value) => {
    const target = `/v1/seen/${Buffer.from(value).toString('hex').slice(0, 12)}`;
    await fixture.call({ target, headers: [...fixture.headers(), [name, value]] });
    expect(await remoteOf(target)).toBe('203.0.113.7');
  });

  it('is the one that the rules see', async () => {
    const token = await fixture.app.token({ allowed_ips: ['203.0.113.0/24', '2001:db8::/32'] });
    for (const value of ['203.0.113.7:80', '[2001:db8::7]:80', '[2001:db8::7%25eth0]'])
      expect((await fixture.call({ headers: [...fixture.headers(token), ['X-Forwarded-For', value]] })).status).toBe(
        200,
      );
    for (const value of ['198.51.100.7:80', 'unknown', '203.0.113.7, _hidden'])
      expect((await fixture.call({ headers: [...fixture.headers(token), ['X-Forwarded-For', value]] })).status).toBe(
        403,
      );
  });

  it('is that of the client for a request that the client breaks off', async () => {
    const stream = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ target: '/v1/left', headers: [...fixture.headers(), ['X-Forwarded-For', '203.0.113.7']] });
    await stream.opened();
    client.reset();
    expect(await remoteOf('/v1/left')).toBe('203.0.113.7');
  });

  it('is that of the client for a WebSocket', async () => {
    const client = await fixture.connect();
    await client.write(
      `GET /v1/realtime HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nX-Forwarded-For: 203.0.113.7\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await client.response();
    client.destroy();
    expect(await remoteOf('/v1/realtime')).toBe('203.0.113.7');
  });
});
