import { describe, expect, it } from 'vitest';
import { Attack } from '../support/hostile.js';
import {
  BROKEN_CHUNKS,
  CHUNKED,
  END,
  METHODS_405,
  METHODS_REFUSED,
  REFUSED,
  SPACED,
  VERSIONS_505,
  VERSIONS_REFUSED,
  chunk,
} from '../support/hostile.framing.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('hostile framing', () => {
  const fixture = ProxyFixture.forTests();
  const attack = new Attack(fixture);

  it.each(REFUSED)('%s', async (_row, cases) => {
    for (const [lines, body] of cases) await attack.isRefused(await attack.request(lines, body));
    expect(fixture.upstream.requests).toEqual([]);
  });

  it.each(BROKEN_CHUNKS)('%s is refused, and no whole request goes on', async (_row, body) => {
    await attack.isRefused(await attack.request(CHUNKED, body));
    expect(fixture.upstream.requests.filter(({ bodyState }) => bodyState === 'complete')).toEqual([]);
  });

  it('FR-14 bare line feeds for CRLF, and something after the last CR, are refused', async () => {
    expect(
      await attack.isRefused((await attack.request('', '', 'GET /v1/models HTTP/1.1')).replaceAll('\r\n', '\n')),
    ).toMatchObject({ truncated: false });
    expect(await attack.isRefused(`GET /v1/models HTTP/1.1\r\n${await attack.credentials()}\rX`)).toMatchObject({
      truncated: false,
    });
  });

  it('FR-16 a short chunk extension is dropped', async () => {
    await attack.isServed(await attack.request(CHUNKED, `5;ext=1\r\nhello\r\n${END}`));
    const request = await fixture.upstream.nextRequest();
    expect([request.text, request.faults]).toEqual(['hello', []]);
    expect(request.rawHead.toString()).not.toContain('ext=1');
  });

  it('FR-19 trailers are never merged into the headers and never forwarded', async () => {
    const head = await attack.request(`${CHUNKED}Trailer: Authorization\r\n`);
    await attack.isServed(`${head}${chunk('hello')}0\r\nAuthorization: Bearer EVIL\r\nX-Evil: EVIL\r\n\r\n`);
    const request = await fixture.upstream.nextRequest();
    expect([request.text, request.trailers]).toEqual(['hello', []]);
    expect(request.rawHead.toString()).not.toContain('EVIL');
    fixture.upstream.clear();
    const client = await fixture.connect();
    await client.write(`${head}${chunk('hello')}0\r\nContent-Length: 5\r\n\r\n`);
    expect((await client.response()).status).toBe(400);
    client.destroy();
    await attack.lives();
    expect(fixture.upstream.requests.filter(({ bodyState }) => bodyState === 'complete')).toEqual([]);
  });

  it('FR-22 HTTP/2.0 and HTTP/0.9 as version text are 505', async () => {
    for (const version of VERSIONS_505)
      expect(await attack.isRefused(await attack.request('', '', `GET /v1/models ${version}`), [505])).toMatchObject({
        truncated: false,
      });
  });

  it('FR-23 other versions, and the preface of HTTP/2, are refused', async () => {
    for (const version of VERSIONS_REFUSED)
      expect(await attack.isRefused(await attack.request('', '', `GET /v1/models ${version}`))).toMatchObject({
        truncated: false,
      });
    expect(await attack.isRefused('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatchObject({ truncated: false });
  });

  it('FR-25 tabs and spaces around the request line are refused; two spaces between go on as one (RFC 9112 §3)', async () => {
    for (const start of SPACED) await attack.isRefused(await attack.request('', '', start));
    await attack.isServed(await attack.request('', '', 'GET  /v1/models  HTTP/1.1'), 'GET');
    expect((await fixture.upstream.nextRequest()).rawHead.toString()).toMatch(/^GET \/v1\/models HTTP\/1\.1\r\n/);
  });

  it('FR-26 methods in lower case, unknown or 2 KB long are refused; those that no operation has are 405', async () => {
    for (const method of METHODS_REFUSED)
      expect(await attack.isRefused(await attack.request('', '', `${method} /v1/models HTTP/1.1`))).toMatchObject({
        truncated: false,
      });
    for (const method of METHODS_405)
      expect(
        await attack.isRefused(await attack.request('', '', `${method} /v1/models HTTP/1.1`), [405], false),
      ).toMatchObject({ truncated: false });
  });

  it('HTTP/1.0 with chunks is refused (RFC 9112 §6.1); without, it is served and closed', async () => {
    await attack.isRefused(await attack.request(CHUNKED, chunk('hello') + END, 'POST /v1/files HTTP/1.0'));
    const response = await attack.isServed(
      await attack.request('Content-Length: 2\r\n', '{}', 'POST /v1/files HTTP/1.0'),
    );
    expect(response.header('connection')).toBe('close');
  });
});
