import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { WebServer } from './support/web.server.js';

/** Presses Tab until the focused element has a name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 40; i += 1) {
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
