import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { WebServer } from './support/web.server.js';

/** Presses Tab until the focused element has a name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 80; i += 1) {
    const focused = await page.evaluate<string>(
      '(document.activeElement.ariaLabel ?? document.activeElement.innerText).trim()',
    );
    if (focused === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${name}`);
}

describe.skipIf(hasNoBrowser)('by the keyboard alone', () => {
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

  /** Where the focus is, by its heading: after each change of page. */
  async function expectHeading(page: Page, text: string): Promise<void> {
    const read = 'document.activeElement.tagName + document.activeElement.innerText';
    await expect.poll(() => page.evaluate(read)).toBe(`H1${text}`);
  }

  it('one goes from an empty store to a project, a token, its revocation and out', async () => {
    const page = await browser.open('/admin/login', { as: 'nobody' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
    await page.keyboard.type(MANAGEMENT_TOKEN);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/$/);
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    await tabTo(page, 'Begin with a project');
    await page.keyboard.press('Enter');
    await expectHeading(page, 'New project');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Search');
    await page.keyboard.press('Tab');
    await page.keyboard.type(`sk-${'k'.repeat(40)}`);
    await page.keyboard.press('Enter');
    await expectHeading(page, 'Search');
    await tabTo(page, 'Make its first token');
    await page.keyboard.press('Enter');
    await expectHeading(page, 'New token');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('first');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Token created' }).waitFor();
    const secret = await page.locator('#tokenValue').innerText();
    await tabTo(page, 'Copy the token');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(secret);
    await tabTo(page, 'I have copied it');
    await page.keyboard.press('Enter');
    await expectHeading(page, 'Token Details');
    await tabTo(page, 'Revoke Token');
    await page.keyboard.press('Enter');
    await page.locator('section[role=alertdialog]').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.innerText')).toBe('Revoke Token');
    await page.keyboard.press('Enter');
    await page.locator('section[role=alertdialog]').waitFor();
    await tabTo(page, 'Revoke token');
    await page.keyboard.press('Enter');
    await page.getByText('Confirmed by 1 of 1 replica').waitFor();
    await page.getByRole('button', { name: 'Reactivate' }).waitFor();
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/login');
  });

  it('one signs in, goes to a page, chooses a theme and signs out', async () => {
    const page = await browser.open('/admin/login', { as: 'nobody' });
    await page.keyboard.type(MANAGEMENT_TOKEN);
    await page.keyboard.press('Tab');
    await page.keyboard.type('Ana');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/$/);
    await page.locator('#who-am-i').getByText('Ana').waitFor();
    await tabTo(page, 'Usage & cost');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.innerText')).toBe('Usage and cost');
    await page.keyboard.press('Home');
    await page.locator('body').press('Tab');
    await tabTo(page, 'Theme');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await expect.poll(() => page.evaluate('document.activeElement.ariaLabel')).toBe('Theme');
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/login');
    expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['llm_proxy_theme']);
  });
});
