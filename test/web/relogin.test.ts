import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { signInAt } from './support/sign.in.js';
import { WebServer } from './support/web.server.js';

/** A call of the page itself, from its palette: the lookup of a token. */
async function lookUp(page: Page, token: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.insertText(token);
}

describe.skipIf(hasNoBrowser)('signing in again over a page', () => {
  let server: WebServer;
  let browser: WebBrowser;
  let secret = '';
  let id = '';
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
    const body = { name: 'Chat', api_key: `sk-${'a'.repeat(40)}` };
    const project = await server.manage<{ id: string }>('POST', '/manage/projects', body);
    const created = await server.manage<{ id: string; token: string }>('POST', '/manage/tokens', {
      project_id: project.id,
    });
    ({ id, token: secret } = created);
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function signedIn(path = '/admin/tokens'): Promise<Page> {
    const page = await browser.open(`/admin/login?to=${path.slice('/admin'.length)}`, { as: 'nobody' });
    await signInAt(page);
    await page.waitForURL(`**${path}`);
    await page.locator('#who-am-i').getByText('Administrator').waitFor();
    return page;
  }

  /** Ends all sessions, as another administrator does. */
  const endSessions = async (): Promise<void> => {
    await server.manage('DELETE', '/manage/sessions?except=this');
  };

  it('makes the refused call once more, and leaves the page as it was', async () => {
    browser.allow(/ 401/);
    const page = await signedIn();
    await page.evaluate(
      "document.querySelector('main').append(Object.assign(document.createElement('textarea'), { id: 'half', value: 'typed' }))",
    );
    await endSessions();
    await lookUp(page, secret);
    await page.getByRole('alertdialog', { name: 'Sign in again' }).waitFor();
    await checkPage(page, 'relogin');
    expect(await page.evaluate("document.querySelector('#half').value")).toBe('typed');
    await signInAt(page);
    await page.waitForURL(`**/admin/tokens/${id}`);
    expect(await page.getByRole('alertdialog').count()).toBe(0);
  });

  it('stays open for a wrong token, and can be left for the login page', async () => {
    browser.allow(/ 401/);
    const page = await signedIn();
    await endSessions();
    await lookUp(page, secret);
    await page.getByRole('alertdialog').waitFor();
    await signInAt(page, 'wrong');
    await page.getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('alertdialog').count()).toBe(1);
    await page.getByRole('button', { name: 'Leave this page' }).click();
    await page.waitForURL('**/admin/login');
  });

  it('stops all polling of the management API meanwhile', async () => {
    browser.allow(/ 401/);
    const page = await signedIn();
    await endSessions();
    await lookUp(page, secret);
    await page.getByRole('alertdialog').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.evaluate("dispatchEvent(new Event('visibilitychange')); dispatchEvent(new Event('focus'))");
    await page.waitForRequest('**/health');
    expect(asked.filter((path) => path.startsWith('/manage'))).toEqual([]);
  });

  describe('for a call that needs a fresh login', () => {
    const refuseOnce = async (page: Page): Promise<void> => {
      await page.route(
        '**/manage/tokens/lookup',
        (route) => route.fulfill({ status: 403, json: { error: 'Too old.', code: 'confirmation_required' } }),
        { times: 1 },
      );
    };

    it('makes the call after it', async () => {
      browser.allow(/ 403/);
      const page = await signedIn();
      await refuseOnce(page);
      await lookUp(page, secret);
      await page.getByRole('alertdialog').waitFor();
      await checkPage(page, 'confirmation');
      await signInAt(page);
      await page.waitForURL(`**/admin/tokens/${id}`);
    });

    it('is told of the refusal when it is cancelled', async () => {
      browser.allow(/ 403/);
      const page = await signedIn();
      await refuseOnce(page);
      await lookUp(page, secret);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('Too old.').waitFor();
      expect(new URL(page.url()).pathname).toBe('/admin/tokens');
    });
  });

  it('leaves nothing of the page after the login of somebody else', async () => {
    browser.allow(/ 401/);
    const { token } = await server.manage<{ token: string }>('POST', '/manage/operators', {
      name: 'vera',
      role: 'viewer',
    });
    const page = await signedIn();
    await page.evaluate(
      "document.querySelector('main').append(Object.assign(document.createElement('p'), { id: 'mine' }))",
    );
    await endSessions();
    await lookUp(page, secret);
    await page.getByRole('alertdialog').waitFor();
    await signInAt(page, token);
    await page.locator('#who-am-i').getByText('Viewer').waitFor();
    expect(await page.locator('#mine').count()).toBe(0);
  });

  it('is not asked for at sign-out: that leads to the login page', async () => {
    const page = await signedIn('/admin/usage');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/admin/login');
    expect(await page.context().cookies()).toEqual([]);
    browser.allow(/ 401/);
    await page.goto(`${server.origin}/admin/usage`);
    await page.waitForURL('**/admin/login?to=*');
  });
});
