import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/common/values/package.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('what a browser sees without the web interface', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start({ ADMIN_UI_ENABLED: 'false' })));
  afterAll(() => app.close());
  const get = (path: string, headers: Record<string, string> = HTML) => fetch(`${app.url}${path}`, { headers });

  it.each([
    ['/', 200, './'],
    ['/admin', 404, './'],
    ['/a/b', 404, '../'],
    ['/chat/completions', 404, '../'],
  ])('%s is a page that says what this is', async (path, status, root) => {
    const response = await get(path);
    const text = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(text).toContain(`Version ${VERSION}`);
    expect(text).toContain(`href="${root}docs"`);
    expect(text).toContain('/v1/chat/completions');
    expect(text.includes('There is nothing at this path')).toBe(status === 404);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(text).not.toMatch(/<script|https?:\/\/(?!&lt;this)/);
  });

  it('has an icon, and nothing for crawlers', async () => {
    const icon = await get('/favicon.ico');
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(await (await get('/robots.txt')).text()).toBe('User-agent: *\nDisallow: /\n');
  });

  it.each(['/', '/admin'])('%s is JSON for other clients', async (path) => {
    for (const accept of ['*/*', 'application/json']) {
      const response = await get(path, { accept });
      expect([response.status, await response.json()]).toMatchObject([404, { code: 'not_found' }]);
    }
  });

  it('has no page under /manage', async () => {
    const response = await get('/manage/nothing', { ...HTML, authorization: `Bearer ${MANAGEMENT_TOKEN}` });
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'not_found' }]);
  });

  it('says in the log that there was nothing', async () => {
    await get('/logged');
    expect(app.accessLines.at(-1)).toMatchObject({ path: '/logged', status: 404, code: 'not_found', end: 'client' });
    expect(app.accessLines.at(-1)!['bytes_out']).toBeGreaterThan(500);
  });
});

describe('with the web interface', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start()));
  afterAll(() => app.close());

  it('a browser is led there from /, by a relative address', async () => {
    const response = await fetch(`${app.url}/`, { headers: HTML, redirect: 'manual' });
    expect([response.status, response.headers.get('location'), response.headers.get('vary')]).toEqual([
      302,
      'admin/',
      'accept',
    ]);
  });

  it('other clients find nothing at /', async () => {
    expect((await fetch(`${app.url}/`, { redirect: 'manual' })).status).toBe(404);
  });
});
