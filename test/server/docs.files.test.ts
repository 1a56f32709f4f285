import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { request } from '../support/raw.client.js';

const TEXTS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'page.css', 'page.js', 'json', 'yaml'];
const FILES = [...TEXTS, 'favicon-32x32.png'];

describe('the files of the docs page', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.close());

  const get = (name: string, headers: Record<string, string> = {}) =>
    request(app.port, { target: `/docs/${name}`, headers });

  it.each(FILES)('%s is kept by a browser and asked about', async (name) => {
    const first = await get(name);
    const etag = first.header('etag')!;
    expect([first.status, first.header('cache-control'), first.header('vary')]).toEqual([
      200,
      'no-cache',
      'accept-encoding',
    ]);
    for (const tag of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const again = await get(name, { 'If-None-Match': tag });
      expect([again.status, again.body.length, again.header('etag')]).toEqual([304, 0, etag]);
    }
    expect((await get(name, { 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it.each(TEXTS)('%s is compressed as the browser accepts it', async (name) => {
    const plain = await get(name);
    expect(plain.header('content-encoding')).toBeUndefined();
    const codings = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const [accepted, coding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, GZIP;q=0.5', 'gzip'],
    ] as const) {
      const packed = await get(name, { 'Accept-Encoding': accepted });
      expect(packed.header('content-encoding')).toBe(coding);
      expect(packed.header('content-type')).toBe(plain.header('content-type'));
      expect(codings[coding](packed.body).equals(plain.body)).toBe(true);
    }
    for (const accepted of ['identity', 'br;q=0, gzip;q=0.0', 'zstd'])
      expect((await get(name, { 'Accept-Encoding': accepted })).header('content-encoding')).toBeUndefined();
  });

  it('an image is sent as it is', async () => {
    expect((await get('favicon-32x32.png', { 'Accept-Encoding': 'br' })).header('content-encoding')).toBeUndefined();
  });

  it.each(['/docs', '/docs/'])('%s allows nothing but its own files and calls to this server', async (path) => {
    const response = await fetch(`${app.url}${path}`);
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).not.toMatch(/<script>|<style>| style=| on\w+=/);
  });
});
