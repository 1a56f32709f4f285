import { readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { request } from '../support/raw.client.js';

interface Listed {
  name: string;
  type: string;
  etag: string;
  codings: string[];
  bytes: number;
}

const listed = JSON.parse(readFileSync('dist/admin/files.json', 'utf8')) as Listed[];
const script = listed.find(({ name }) => name.endsWith('.js'))!;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'clipboard-write=(self)',
};

describe('the files of the web interface', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start()));
  afterAll(() => app.close());
  const get = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
    request(app.port, { method, target, headers });

  it.each([
    ['/admin', 'admin/'],
    ['/admin?a=b', 'admin/?a=b'],
  ])('%s leads to %s', async (target, location) => {
    const answer = await get(target);
    expect([answer.status, answer.header('location')]).toEqual([308, location]);
  });

  it.each([
    ['/admin/', './'],
    ['/admin/login', './'],
    ['/admin/tokens?status=active', './'],
    ['/admin/tokens/3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10', '../'],
    ['/admin/tokens/3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10/edit', '../../'],
    ['/admin/no/such/page/', '../../../'],
  ])('%s is the page, with addresses that begin with %s', async (target, root) => {
    const answer = await get(target);
    expect([answer.status, answer.header('content-type'), answer.header('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(answer.text).toContain(`src="${root}assets/`);
    expect(answer.text).toContain(`href="${root}icon.svg"`);
    expect(answer.text).not.toMatch(/<style|<script(?![^>]* src=)|https?:|\/\/[a-z]/);
  });

  it('the theme of the cookie is in the page', async () => {
    const answer = await get('/admin/', { Cookie: 'llm_proxy_theme=dark' });
    expect(answer.text).toContain('<html lang="en" data-theme="dark" data-remember="2592000">');
  });

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
    [undefined, (bytes: Buffer) => bytes],
  ] as const)('a script is sent in the coding %s, to be kept for a year', async (coding, unpack) => {
    const answer = await fetch(`${app.url}/admin/${script.name}`, {
      headers: { 'accept-encoding': coding ?? 'identity' },
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      etag: script.etag,
    });
    // fetch itself unpacks what it asked for.
    expect((await answer.arrayBuffer()).byteLength).toBe(script.bytes);
    const raw = await get(`/admin/${script.name}`, { 'Accept-Encoding': coding ?? 'identity' });
    expect([raw.header('content-encoding'), unpack(raw.body).length]).toEqual([coding, script.bytes]);
  });

  it('every listed file is there', async () => {
    for (const { name, type } of listed.filter((file) => file.name !== 'index.html')) {
      const answer = await get(`/admin/${name}`, { 'Accept-Encoding': 'br' });
      expect([name, answer.status, answer.header('content-type')]).toEqual([name, 200, type]);
    }
  });

  it('a copy that is current is not sent again', async () => {
    const answer = await get(`/admin/${script.name}`, { 'If-None-Match': script.etag });
    expect([answer.status, answer.body.length]).toEqual([304, 0]);
  });

  it('a HEAD of a current copy has the length of the file, or none', async () => {
    const headers = { 'If-None-Match': script.etag, 'Accept-Encoding': 'gzip' };
    const whole = await get(`/admin/${script.name}`, { 'Accept-Encoding': 'gzip' });
    const answer = await get(`/admin/${script.name}`, headers, 'HEAD');
    expect([answer.status, answer.body.length]).toEqual([304, 0]);
    expect([undefined, whole.header('content-length')]).toContain(answer.header('content-length'));
  });

  it.each([
    ['br;q=0.1, gzip;q=0.9', 'gzip'],
    ['gzip, br', 'br'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
  ])('a client that accepts %s gets %s', async (accepted, coding) => {
    const answer = await get(`/admin/${script.name}`, { 'Accept-Encoding': accepted });
    expect(answer.header('content-encoding')).toBe(coding);
  });

  it.each([
    ['text/html', 302, HEADERS['content-security-policy']],
    ['TEXT/HTML;q=0.5, */*', 302, HEADERS['content-security-policy']],
    ['text/html;q=0', 404, undefined],
    ['text/html2', 404, undefined],
  ])('/ answers a client that accepts %s with %s', async (accept, status, policy) => {
    const answer = await get('/', { Accept: accept });
    expect([answer.status, answer.header('content-security-policy')]).toEqual([status, policy]);
  });

  it.each([
    ['/admin/assets/nothing.js', 404],
    [`/admin/${script.name}.br`, 404],
    // The gate refuses these before any route.
    ['/admin/assets/../files.json', 400],
    ['/admin/assets/%2e%2e/files.json', 400],
    ['/admin/assets/..%2f..%2f..%2fpackage.json', 400],
  ])('there is nothing at %s', async (target, status) => {
    expect((await get(target)).status).toBe(status);
  });

  it.each([
    ['GET', '/admin', 308],
    ['GET', '/admin/', 200],
    ['GET', '/admin/tokens/1', 200],
    ['HEAD', '/admin/tokens/1', 200],
    ['GET', '/admin/icon.svg', 200],
    ['GET', '/admin/health', 200],
    ['GET', '/admin/assets/nothing.js', 404],
    ['POST', '/admin/', 405],
    ['GET', '/%61dmin/', 404],
    ['GET', '/%61dmin/health', 404],
    ['GET', '/adm%69n', 404],
  ])('%s %s has the headers of protection', async (method, target, status) => {
    const answer = await get(target, {}, method);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(Object.keys(HEADERS).map((name) => [name, answer.header(name)]))).toEqual(HEADERS);
  });

  it('only /admin itself and what is below it have them', async () => {
    expect((await get('/administrator')).header('permissions-policy')).toBeUndefined();
  });

  it('are no part of the documented API', async () => {
    const document = await (await fetch(`${app.url}/docs/json`)).text();
    expect(document).not.toContain('/admin');
  });
});

describe('ADMIN_UI_ENABLED=false', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start({ ADMIN_UI_ENABLED: 'false' })));
  afterAll(() => app.close());

  it.each(['/admin', '/admin/', '/admin/login', '/admin/health', `/admin/${script.name}`])(
    'there is nothing at %s',
    async (target) => {
      expect((await request(app.port, { method: 'GET', target })).status).toBe(404);
    },
  );

  it('the documented API has no sessions', async () => {
    const document = await (await fetch(`${app.url}/docs/json`)).text();
    expect(document).toContain('"/manage/whoami"');
    expect(document).not.toContain('"/manage/session');
  });
});
