import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { signInAt } from './support/sign.in.js';
import { WebServer } from './support/web.server.js';

describe.skipIf(hasNoBrowser)('two tabs of one browser', () => {
  let server: WebServer;
  let browser: WebBrowser;
  let viewer = '';
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
    const body = { name: 'ma', role: 'viewer' };
    ({ token: viewer } = await server.manage<{ token: string }>('POST', '/manage/operators', body));
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function signedIn(token: string): Promise<Page> {
    const page = await browser.open('/admin/login?to=/tokens', { as: 'nobody' });
    await signInAt(page, token);
    await page.waitForURL('**/admin/tokens');
    await page.locator('#who-am-i').waitFor();
    return page;
  }
  const whoIn = (page: Page, text: string): Promise<void> => page.locator('#who-am-i').getByText(text).waitFor();

  async function signOut(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/admin/login');
  }

  it.each([
    ['an administrator', () => MANAGEMENT_TOKEN, 'Administrator', () => viewer, 'Viewer'],
    ['a viewer', () => viewer, 'Viewer', () => MANAGEMENT_TOKEN, 'Administrator'],
  ])('follow each other when %s makes room for somebody else', async (_, first, was, next, is) => {
    const tab = await signedIn(first());
    const other = await browser.openBeside(tab, '/admin/projects');
    await whoIn(other, was);
    await signOut(tab);
    await other.waitForURL('**/admin/login');
    const third = await browser.openBeside(tab, '/admin/login?to=/tokens');
    await signInAt(third, first());
    await third.waitForURL('**/admin/tokens');
    await whoIn(third, was);
    await signInAt(tab, next());
    await tab.waitForURL('**/admin/');
    await whoIn(third, is);
    expect(await third.locator('#who-am-i').getByText(was).count()).toBe(0);
  });

  it('stay as they are when the same one signs in again', async () => {
    const tab = await signedIn(MANAGEMENT_TOKEN);
    const other = await browser.openBeside(tab, '/admin/tokens/new');
    await other.getByLabel('Name').fill('half a name');
    await tab.goto(`${server.origin}/admin/login`);
    await signInAt(tab);
    const asked = other.waitForResponse('**/manage/whoami');
    await tab.waitForURL('**/admin/');
    await asked;
    expect(await other.getByLabel('Name').inputValue()).toBe('half a name');
  });
});
