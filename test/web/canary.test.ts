import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { signInAt } from './support/sign.in.js';
import { WebServer } from './support/web.server.js';

/** All that a page holds and keeps, as text. */
const HELD = `(async () => {
  const caches = 'caches' in window ? await window.caches.keys() : [];
  return [
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('input')].map(({ value }) => value),
    JSON.stringify(localStorage), JSON.stringify(sessionStorage), JSON.stringify(history.state),
    document.cookie, document.title, location.href, caches.join(), window.name,
  ].join();
})()`;

describe.skipIf(hasNoBrowser)('the typed token', () => {
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

  it('is in one header of one call, and nowhere after it', async () => {
    const page = await browser.open('/admin/login?to=/usage', { as: 'nobody' });
    const calls: string[] = [];
    page.on('request', (request) => {
      const sent = [request.url(), request.postData() ?? '', ...Object.values(request.headers())].join();
      if (sent.includes(MANAGEMENT_TOKEN)) calls.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    await signInAt(page);
    await page.waitForURL('**/admin/usage');
    await page.locator('#who-am-i span').first().waitFor();
    expect(calls).toEqual(['POST /manage/session']);
    expect(await page.evaluate<string>(HELD)).not.toContain(MANAGEMENT_TOKEN);
    const { origins } = await page.context().storageState({ indexedDB: true });
    expect(JSON.stringify(origins)).not.toContain(MANAGEMENT_TOKEN);
    expect(server.lines.join()).not.toContain(MANAGEMENT_TOKEN);
  });
});
