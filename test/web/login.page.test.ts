import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { signInAt } from './support/sign.in.js';
import { WebServer } from './support/web.server.js';

/** The browser itself notes the refused calls. */
const REFUSED = /^error: Failed to load resource: .* (401|429)/;

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

  const login = () => browser.open('/admin/login', { as: 'nobody' });

  it('asks for the token, a name and whether to stay signed in', async () => {
    const page = await login();
    expect(await page.title()).toBe('Sign In · LLM Proxy');
    expect(await page.locator('#management_token').getAttribute('type')).toBe('password');
    await page.getByLabel('Your name, for the audit log').waitFor();
    await page.getByLabel('Keep me signed in for 30 days').waitFor();
    await page.getByRole('button', { name: 'Sign In' }).waitFor();
  });

  it('is accessible, in both themes and at 320 px', async () => {
    await checkPage(await login(), 'login');
  });

  it('leads to the Dashboard, with a cookie that the page cannot read', async () => {
    const page = await login();
    await page.getByLabel('Your name, for the audit log').fill('Ana');
    await signInAt(page);
    await page.waitForURL(/\/admin\/$/);
    expect(await page.locator('h1').innerText()).toBe('Dashboard');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Tokens' }).waitFor();
    const HASHED = /assets\/[\w-]+-[\w-]{8}\.(js|css)$/;
    expect(await page.locator('script[src]').first().getAttribute('src')).toMatch(HASHED);
    expect(await page.locator('link[rel=stylesheet]').first().getAttribute('href')).toMatch(HASHED);
    await expect.poll(() => page.locator('#who-am-i').innerText()).toBe('Ana\nAdministrator');
    expect(await page.evaluate('document.cookie')).toBe('');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: 'llm_proxy_session', expires: -1 });
  });

  it('keeps who wants it signed in for longer', async () => {
    const page = await login();
    await page.getByText('Keep me signed in for 30 days').click();
    await signInAt(page);
    await page.waitForURL(/\/admin\/$/);
    const [cookie] = await page.context().cookies();
    expect(cookie!.expires - Date.now() / 1000).toBeGreaterThan(29 * 86_400);
  });

  it('stays with a wrong token, and says so', async () => {
    browser.allow(REFUSED);
    const page = await login();
    await signInAt(page, 'wrong');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('neither the management token nor that of an operator');
    expect(await alert.getAttribute('class')).toContain('alert-danger');
    expect(new URL(page.url()).pathname).toBe('/admin/login');
    await checkPage(page, 'login-wrong');
  });

  it('sends nothing that no header can hold', async () => {
    const page = await login();
    let calls = 0;
    page.on('request', () => (calls += 1));
    await signInAt(page, 'Schlüssel 😀');
    await page.getByRole('alert').waitFor();
    expect(calls).toBe(0);
  });

  it('refuses an empty token without asking the server', async () => {
    const page = await login();
    let calls = 0;
    page.on('request', (request) => (calls += request.method() === 'POST' ? 1 : 0));
    await page.getByRole('button', { name: 'Sign In' }).click();
    await page.locator('#management_token[aria-invalid=true]').waitFor();
    expect(calls).toBe(0);
    expect(new URL(page.url()).pathname).toBe('/admin/login');
  });

  it('says at the field what is wrong with a name', async () => {
    browser.allow(/ 400/);
    const page = await login();
    await page.getByLabel('Your name, for the audit log').fill(`sk-${'a'.repeat(45)}`);
    await signInAt(page);
    await page.locator('input[name=name][aria-invalid=true]:focus').waitFor();
    expect(await page.locator('#management_token').getAttribute('aria-invalid')).toBe(null);
  });

  it('is where one gets to without being signed in, with the way back', async () => {
    browser.allow(REFUSED);
    const page = await browser.open('/admin/tokens?status=active', { as: 'nobody' });
    await page.waitForURL('**/admin/login?to=*');
    expect(new URL(page.url()).searchParams.get('to')).toBe('/tokens?status=active');
    await signInAt(page);
    await page.waitForURL('**/admin/tokens?status=active');
    expect(await page.locator('h1').innerText()).toBe('Tokens');
  });

  it.each(['//evil.example/', 'https://evil.example', '/%2e%2e/v1'])('never leads to %s', async (to) => {
    const page = await browser.open(`/admin/login?to=${encodeURIComponent(to)}`, { as: 'nobody' });
    await signInAt(page);
    await page.waitForURL(`${server.origin}/admin/`);
    expect(await page.locator('h1').innerText()).toBe('Dashboard');
  });

  it('counts down after too many failures, and then lets one try again', async () => {
    browser.allow(REFUSED);
    const page = await login();
    await page.clock.install();
    await page.route('**/manage/session', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'retry-after': '30' },
        json: { error: 'Too many failed attempts', code: 'too_many_attempts' },
      }),
    );
    await signInAt(page, 'wrong');
    await expect.poll(() => page.locator('#countdown').innerText()).toBe('30');
    const button = page.getByRole('button', { name: 'Sign In' });
    expect(await button.isDisabled()).toBe(true);
    await page.clock.runFor(10_000);
    await expect.poll(() => page.locator('#countdown').innerText()).toBe('20');
    await page.clock.runFor(21_000);
    await expect.poll(() => button.isDisabled()).toBe(false);
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.unroute('**/manage/session');
    await signInAt(page, MANAGEMENT_TOKEN);
    await page.waitForURL(/\/admin\/$/);
  });

  it('says when the server cannot be reached', async () => {
    browser.allow(/ERR_FAILED/);
    const page = await login();
    await page.route('**/manage/session', (route) => route.abort());
    await signInAt(page);
    await expect.poll(() => page.getByRole('alert').innerText()).toBe('The server cannot be reached.');
  });
});

describe.skipIf(hasNoBrowser)('the login page of a server that remembers nobody', () => {
  it('has no box for it', async () => {
    const server = await WebServer.start({ ADMIN_REMEMBER_MAX: '0s' });
    const browser = await WebBrowser.connect(server.origin);
    const page = await browser.open('/admin/login', { as: 'nobody' });
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await signInAt(page);
    await page.waitForURL(/\/admin\/$/);
    await browser.settle();
    await browser.close();
    await server.close();
  });
});
