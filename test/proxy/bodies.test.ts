import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { pseudoRandomBytes } from '../support/openai.files.js';
import { answer } from '../support/upstream.scenarios.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const SIZES = [0, 1, 1023, 65_535, 65_536, 65_537, 300_000, 5_000_000];

describe('bodies', () => {
  const fixture = ProxyFixture.forTests();

  it.each(SIZES)('of %i bytes and a known length arrive upstream byte for byte', async (size) => {
    const body = pseudoRandomBytes(size, size);
    fixture.upstream.once(answer({ status: 200, headers: [], body: 'ok' }));
    const response = await fixture.call({ body, target: '/v1/files' });
    const request = await fixture.upstream.nextRequest();
    expect(response.text).toBe('ok');
    expect(request.faults).toEqual([]);
    expect(request.bodyState).toBe('complete');
    expect(request.sha256).toBe(sha256(body));
    // A client without a body may omit the length, and none is added then.
    expect(request.header('content-length')).toBe(size === 0 ? undefined : String(size));
  });

  it.each(SIZES)('of %i bytes come back byte for byte', async (size) => {
    const body = pseudoRandomBytes(size, size + 1);
    fixture.upstream.once(answer({ status: 200, headers: [['content-type', 'audio/mpeg']], body }));
    const response = await fixture.call({ method: 'GET', target: '/v1/files/f/content' });
    expect(response.truncated).toBe(false);
    expect(sha256(response.body)).toBe(sha256(body));
    expect(response.header('content-length')).toBe(String(size));
  });

  it('in chunks go on in chunks', async () => {
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    await client.write('5\r\nhello\r\n');
    const request = await fixture.upstream.nextRequest();
    await request.received(5);
    expect(request.text).toBe('hello');
    await client.write('6\r\n world\r\n0\r\n\r\n');
    await request.completed();
    expect(request.text).toBe('hello world');
    expect(request.header('transfer-encoding')).toBe('chunked');
    expect((await client.response()).status).toBe(200);
    client.destroy();
  });

  it.each([
    ['no content type', []],
    ['an odd content type', [['Content-Type', 'not a/ media;type']]],
    [
      'an encoded body',
      [
        ['Content-Encoding', 'gzip'],
        ['Content-Type', 'application/json'],
      ],
    ],
  ] as [string, [string, string][]][])('with %s are none of our business', async (_what, headers) => {
    const body = Buffer.from('{"a":1,"a":2,"n":1e400,"__proto__":{"x":1},"s":"\\ud800"}\xff', 'latin1');
    const response = await fixture.call({ headers: [...fixture.headers(), ...headers], body });
    expect(response.status).toBe(200);
    expect((await fixture.upstream.nextRequest()).body).toEqual(body);
  });

  it('FR-20 of a GET pass as bodies, and are never read as a request', async () => {
    const body = 'GET /v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
    const response = await fixture.call({ method: 'GET', target: '/v1/models', body });
    const request = await fixture.upstream.nextRequest();
    expect(response.status).toBe(200);
    expect(request.text).toBe(body);
    expect(fixture.upstream.requests).toHaveLength(1);
  });

  it.each(['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'])('and methods: %s goes through', async (method) => {
    fixture.upstream.once(answer({ status: 202, headers: [['x-seen', 'yes']], body: method === 'HEAD' ? '' : 'ok' }));
    const response = await fixture.call({ method, target: '/v1/files/file-1' });
    expect(response.status).toBe(202);
    expect(response.header('x-seen')).toBe('yes');
    expect((await fixture.upstream.nextRequest()).method).toBe(method);
  });

  it('HEAD keeps the length of what GET would send', async () => {
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      await exchange.write('HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n');
    });
    const response = await fixture.call({ method: 'HEAD', target: '/v1/files/file-1' });
    expect(response.header('content-length')).toBe('1234');
    expect(response.body).toHaveLength(0);
  });

  it.each([204, 304])('a %i has none', async (status) => {
    fixture.upstream.once(answer({ status, headers: [['etag', '"1"']] }));
    const response = await fixture.call({ method: 'GET', target: '/v1/models' });
    expect(response.status).toBe(status);
    expect(response.body).toHaveLength(0);
    expect(response.truncated).toBe(false);
  });
});

describe('MAX_REQUEST_SIZE', () => {
  const fixture = ProxyFixture.forTests({ MAX_REQUEST_SIZE: '1000' });

  it('BD-07 refuses a larger body by its length, before a request is taken', async () => {
    const token = await fixture.app.token({ max_requests: 5 });
    const response = await fixture.call({ headers: fixture.headers(token), body: Buffer.alloc(1001) });
    expect([response.status, response.header('x-proxy-error')]).toEqual([413, 'body_too_large']);
    expect(fixture.bytesUpstream).toBe(0);
    expect((await fixture.app.tokenById(token.id)).request_count).toBe(0);
    expect((await fixture.call({ headers: fixture.headers(token), body: Buffer.alloc(1000) })).status).toBe(200);
  });

  it('BD-07 breaks off a chunked one where it passes the limit', async () => {
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    await client.write(`3e8\r\n${'a'.repeat(1000)}\r\n`);
    const request = await fixture.upstream.nextRequest();
    await client.write('1\r\na\r\n');
    const response = await client.response();
    expect([response.status, response.header('x-proxy-error')]).toEqual([413, 'body_too_large']);
    expect((await request.closed()).by).toBe('peer');
    await expect(request.completed()).rejects.toThrow();
    client.destroy();
  });
});
