import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { WebServer } from './support/web.server.js';

describe.skipIf(hasNoBrowser)('a session in a browser', () => {
  let server: WebServer;
  let browser: WebBrowser;
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('is signed in by the form, survives a reload, and ends', async () => {
    browser.allow(/401/);
    const page = await browser.open('/admin/login', { as: 'nobody' });
    await page.locator('#management_token').fill(MANAGEMENT_TOKEN);
    await page.getByRole('button', { name: 'Sign In' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith('/login'));
    const cookie = (await page.context().cookies()).find(({ name }) => name.includes('session'));
    expect(cookie).toMatchObject({
      name: 'llm_proxy_session',
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      expires: -1,
    });
    await page.reload();
    const call = (method: string, path: string, headers: Record<string, string> = {}) =>
      page.evaluate(
        async ([verb, url, sent]) => {
          const answer = await fetch(url, {
            method: verb,
            headers: sent,
          });
          return `${answer.status} ${await answer.text()}`;
        },
        [method, path, headers] as const,
      );
    expect(await call('GET', '/manage/session')).toMatch(/^200 .*"via":"session"/);
    expect(await call('DELETE', '/manage/session')).toMatch(/^403 .*cross_site_request/);
    expect(await call('DELETE', '/manage/session', { 'x-llm-proxy-admin': '1' })).toBe('204 ');
    expect((await page.context().cookies()).filter(({ name }) => name.includes('session'))).toEqual([]);
    expect(await call('GET', '/manage/session')).toMatch(/^401/);
  });
});
