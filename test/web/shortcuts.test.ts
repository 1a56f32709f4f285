import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebServer } from './support/web.server.js';

/** A page without rows of its own. */
const EMPTY = '/admin/no/such/page';
/** Rows and a search field, as the pages of lists have them. */
const ROWS = `
  for (const name of ['a', 'b', 'c']) {
    const row = Object.assign(document.createElement('div'), { id: 'row-' + name });
    row.dataset.row = '';
    row.append(Object.assign(document.createElement('a'), { href: '#', textContent: name }));
    document.querySelector('main').append(row);
  }
  const field = document.createElement('input');
  field.dataset.search = '';
  document.querySelector('main').append(field);`;

describe.skipIf(hasNoBrowser)('keys', () => {
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

  async function opened(path = EMPTY): Promise<Page> {
    const page = await browser.open(path);
    await page.locator('#who-am-i span').first().waitFor();
    return page;
  }

  it.each([
    ['p', 'projects'],
    ['t', 'tokens'],
    ['r', 'requests'],
    ['u', 'usage'],
    ['s', 'system'],
    ['d', ''],
  ])('g %s leads to /admin/%s', async (key, path) => {
    const page = await opened();
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === `/admin/${path}`);
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
  });

  it.each([
    ['projects', 'projects/new'],
    ['tokens', 'tokens/new'],
  ])('n at /admin/%s leads to /admin/%s', async (from, to) => {
    const page = await opened(`/admin/${from}`);
    await page.keyboard.press('n');
    await page.waitForURL(`**/admin/${to}`);
    expect(new URL(page.url()).search).toBe('');
  });

  it('j and k go through the rows, and / to the search field, where letters are letters', async () => {
    const page = await opened();
    await page.evaluate(ROWS);
    const focused = () => page.evaluate('document.activeElement.parentElement.id || document.activeElement.tagName');
    for (const [key, row] of [
      ['j', 'row-a'],
      ['j', 'row-b'],
      ['k', 'row-a'],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused()).toBe(row);
    }
    await page.keyboard.press('/');
    await page.keyboard.type('gp?');
    expect(await page.locator('[data-search]:focus').inputValue()).toBe('gp?');
    expect(new URL(page.url()).pathname).toBe(EMPTY);
  });

  it('are listed by ?, and those without Ctrl can be switched off for good', async () => {
    const page = await opened();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await checkPage(page, 'shortcuts');
    await page.getByText('Keys without Ctrl work').click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.reload();
    await page.locator('#who-am-i span').first().waitFor();
    await page.keyboard.press('?');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search or jump to' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
  });
});
