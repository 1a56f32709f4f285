import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebServer } from './support/web.server.js';

describe.skipIf(hasNoBrowser)('the login page', () => {
  let server: WebServer;
  let browser: WebBrowser;
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('asks for the token, a name and whether to stay signed in', async () => {
    const page = await browser.open('/admin/login', { as: 'nobody' });
    expect(await page.title()).toBe('Sign In · LLM Proxy');
    expect(await page.locator('#management_token').getAttribute('type')).toBe('password');
    await page.getByLabel('Your name, for the audit log').waitFor();
    await page.getByLabel('Keep me signed in for 30 days').waitFor();
    await page.getByRole('button', { name: 'Sign In' }).waitFor();
  });

  it('is accessible, in both themes and at 320 px', async () => {
    await checkPage(await browser.open('/admin/login', { as: 'nobody' }), 'login');
  });

  it('is where one gets to without being signed in, with the way back', async () => {
    // The browser itself notes the refused calls.
    browser.allow(/^error: Failed to load resource: .* 401/);
    const page = await browser.open('/admin/tokens?status=active', { as: 'nobody' });
    await page.waitForURL('**/admin/login?to=*');
    expect(new URL(page.url()).searchParams.get('to')).toBe('/tokens?status=active');
  });
});
