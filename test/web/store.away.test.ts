import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { signInAt } from './support/sign.in.js';
import { WebServer } from './support/web.server.js';

describe.skipIf(hasNoBrowser)('while the server is away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-away-'));
  const database = { DATABASE_PATH: join(folder, 'proxy.db') };
  let server: WebServer;
  let browser: WebBrowser;
  beforeAll(async () => {
    server = await WebServer.start(database);
    browser = await WebBrowser.connect(server.origin);
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('a banner says so, the session lasts, and everything is fetched again once it is back', async () => {
    browser.allow(/ 503 |ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
    const page = await browser.open('/admin/login?to=/tokens', { as: 'nobody' });
    await signInAt(page);
    await page.waitForURL('**/admin/tokens');
    await page.locator('#who-am-i span').first().waitFor();
    const { host } = new URL(server.origin);
    await server.close();
    // A server that stops answers 503 until its connections are closed.
    await page.locator('#health-banner').getByText('The server cannot be reached.').waitFor();
    await page.getByText('Backend unavailable').waitFor();
    await checkPage(page, 'server-away');
    const refetched = page.waitForRequest('**/manage/whoami');
    server = await WebServer.start({ ...database, LISTEN_ADDR: host });
    await page.locator('#health-banner').waitFor({ state: 'detached' });
    await refetched;
    await page.getByText('Backend answers').waitFor();
    expect(new URL(page.url()).pathname).toBe('/admin/tokens');
  });

  it('the banner names a lost database, and the health is asked every five seconds', async () => {
    browser.allow(/ 503/);
    const page = await browser.open('/admin/tokens');
    await page.getByText('Backend answers').waitFor();
    await page.route('**/health', async (route) => {
      const health = (await (await route.fetch()).json()) as object;
      await route.fulfill({ status: 503, json: { ...health, status: 'unavailable' } });
    });
    await page.locator('#health-banner').waitFor();
    expect(await page.locator('#health-banner').innerText()).toContain('has lost its database');
    await page.unroute('**/health');
    await page.locator('#health-banner').waitFor({ state: 'detached', timeout: 9000 });
  });
});
