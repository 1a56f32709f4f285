import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { violations } from './support/axe.js';
import { checkPage } from './support/check.page.js';
import { WebServer } from './support/web.server.js';

const PHONE = { width: 390, height: 844 };
const FOCUSED = 'document.activeElement.tagName + " " + document.activeElement.innerText';

describe.skipIf(hasNoBrowser)('the shell', () => {
  let server: WebServer;
  let browser: WebBrowser;
  let viewer = '';
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
    const vera = { name: 'vera', role: 'viewer' };
    ({ token: viewer } = await server.manage<{ token: string }>('POST', '/manage/operators', vera));
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('says who is signed in, with the role, the state of the server and its time', async () => {
    const page = await browser.open('/admin/', { token: viewer });
    await expect.poll(() => page.locator('#who-am-i').innerText()).toBe('vera\nViewer');
    await page.getByText('Backend answers').waitFor();
    expect(await page.locator('#server-time').getAttribute('data-ts')).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('asks for the health once every ten seconds, however many show it', async () => {
    const page = await browser.open('/admin/');
    await page.getByText('Backend answers').waitFor();
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => (asked += Number(request.url().endsWith('/health'))));
    await page.reload();
    await page.getByText('Backend answers').waitFor();
    for (let times = 0; times < 2; times += 1) {
      const next = page.waitForResponse('**/health');
      await page.clock.runFor(10_000);
      await next;
    }
    expect(asked).toBe(3);
  });

  it('lets one skip to the content', async () => {
    const page = await browser.open('/admin/tokens');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(FOCUSED)).toBe('BUTTON Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });

  it('has a drawer on a phone, which keeps the focus and gives it back', async () => {
    const page = await browser.open('/admin/tokens', { size: PHONE });
    expect(await page.getByRole('navigation', { name: 'Main' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('dialog', { name: 'Menu' }).getByRole('link', { name: 'Projects' }).waitFor();
    await checkPage(page, 'drawer');
    for (let i = 0; i < 20; i += 1) await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("[role=dialog]") !== null')).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.ariaLabel')).toBe('Menu');
  });

  it('closes the drawer when one goes somewhere, with the focus at the heading', async () => {
    const page = await browser.open('/admin/tokens', { size: PHONE });
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Usage & cost' }).click();
    await page.waitForURL('**/admin/usage');
    await expect.poll(() => page.evaluate(FOCUSED)).toBe('H1 Usage and cost');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('keeps the chosen theme, which the server writes into the page', async () => {
    const page = await browser.open('/admin/no/such', { theme: 'light' });
    const choose = async (name: string) => {
      await page.getByRole('button', { name: 'Theme' }).click();
      await page.getByRole('menuitemradio', { name }).click();
    };
    await choose('Dark');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: 'llm_proxy_theme', value: 'dark', path: '/admin/', sameSite: 'Strict' });
    const answer = await page.reload();
    expect(await answer!.text()).toContain('data-theme="dark"');
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark', checked: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await choose('As the system');
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('light dark');
  });
});
