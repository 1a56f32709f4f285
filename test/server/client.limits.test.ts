import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { TestApp } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { RawClient } from '../support/raw.client.js';

describe('the limits of a client connection', () => {
  const fixture = ProxyFixture.forTests({
    MAX_HEADER_SIZE: '64KB',
    HEADERS_TIMEOUT: '200ms',
    KEEP_ALIVE_TIMEOUT: '50ms',
  });

  it('MAX_HEADER_SIZE allows large headers, and refuses larger ones', async () => {
    const cookie = (bytes: number) => [...fixture.headers(), ['Cookie', 'c'.repeat(bytes)] as const];
    expect((await fixture.call({ headers: cookie(60_000) })).status).toBe(200);
    expect((await fixture.call({ headers: cookie(70_000) })).status).toBe(431);
  });

  it('HEADERS_TIMEOUT ends a request whose headers do not', async () => {
    const client = await fixture.connect();
    await client.write('GET /live HTTP/1.1\r\nHost: a\r\n');
    expect((await client.response()).status).toBe(408);
    client.destroy();
  });

  it('KEEP_ALIVE_TIMEOUT ends an idle connection', async () => {
    const client = await fixture.connect();
    await client.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.response()).status).toBe(200);
    expect(await client.closed()).toBe('fin');
    client.destroy();
  });

  it('are by default those of common balancers', async () => {
    const app = await TestApp.start();
    const server = app.running.app.getHttpServer();
    expect([server.keepAliveTimeout, server.headersTimeout]).toEqual([100_000, 10_000]);
    const client = await RawClient.connect(app.port);
    await client.write(`GET /live HTTP/1.1\r\nHost: a\r\nCookie: ${'c'.repeat(17_000)}\r\n\r\n`);
    expect((await client.response()).status).toBe(431);
    client.destroy();
    await app.close();
  });

  it.each([
    ['MAX_HEADER_SIZE', '1KB'],
    ['MAX_HEADER_SIZE', '2MB'],
    ['MAX_HEADER_SIZE', 'much'],
    ['HEADERS_TIMEOUT', '0s'],
    ['KEEP_ALIVE_TIMEOUT', 'long'],
  ])('%s=%s is refused at the start', (name, value) => {
    expect(() => loadConfig({ MANAGEMENT_TOKEN: 'a-token-that-is-long-enough-12345', [name]: value })).toThrow(name);
  });
});
