import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebServer } from './support/web.server.js';

describe.skipIf(hasNoBrowser)('the palette', () => {
  let server: WebServer;
  let browser: WebBrowser;
  let created = { id: '', token: '' };
  let viewer = '';
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
    const body = { name: 'Chat', api_key: `sk-${'a'.repeat(40)}` };
    const project = await server.manage<{ id: string }>('POST', '/manage/projects', body);
    created = await server.manage('POST', '/manage/tokens', { project_id: project.id });
    const vera = { name: 'vera', role: 'viewer' };
    ({ token: viewer } = await server.manage<{ token: string }>('POST', '/manage/operators', vera));
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function opened(options: { token?: string } = {}): Promise<Page> {
    const page = await browser.open('/admin/audit', options);
    await page.locator('#who-am-i span').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search or jump to' }).waitFor();
    return page;
  }

  it('has the pages and what one may do', async () => {
    const page = await opened();
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual([
      'Dashboard',
      'Projects',
      'Tokens',
      'Requests',
      'Usage & cost',
      'Audit',
      'System',
      'Create a token',
      'Create a project',
      'Theme: light',
      'Theme: dark',
      'Theme: as the system',
      'Keyboard shortcuts',
      'Sign out',
    ]);
    await checkPage(page, 'palette');
  });

  it('offers a viewer nothing to create', async () => {
    const page = await opened({ token: viewer });
    await page.keyboard.type('create');
    await page.getByText('Nothing by that name.').waitFor();
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Nothing by that name.']);
  });

  it('goes where one says, by the keyboard alone, and gives the focus to the heading', async () => {
    const page = await opened();
    await page.keyboard.type('cost us');
    await page.getByRole('menuitem', { name: 'Usage & cost' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/usage');
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
  });

  it('is closed by Esc', async () => {
    const page = await opened();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  });

  it('opens the page of a pasted token, whose secret is nowhere', async () => {
    const page = await opened();
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.keyboard.insertText(` ${created.token}\n`);
    await page.waitForURL(`**/admin/tokens/${created.id}`);
    const held = await page.evaluate(
      '[document.documentElement.outerHTML, JSON.stringify(localStorage), JSON.stringify(sessionStorage), JSON.stringify(history.state), document.cookie].join()',
    );
    expect(held).not.toContain(created.token);
    expect(urls.join()).not.toContain(created.token);
    expect(server.lines.join()).not.toContain(created.token);
  });

  it('empties its field at once, and says when nobody has the token', async () => {
    browser.allow(/ 404/);
    const page = await opened();
    await page.keyboard.insertText(`sk-wt-${'x'.repeat(44)}`);
    await page.locator('[role=dialog] [role=status]').waitFor();
    expect(await page.getByRole('dialog').getByRole('searchbox').inputValue()).toBe('');
    await expect.poll(() => page.locator('[role=dialog] [role=status]').innerText()).not.toBe('Looking for the token');
    await page.keyboard.type('audit');
    await expect.poll(() => page.locator('[role=dialog] [role=status]').count()).toBe(0);
  });

  it('finds a token by its display form', async () => {
    const { token } = await server.manage<{ token: string }>('GET', `/manage/tokens/${created.id}`);
    const page = await opened();
    await page.keyboard.insertText(token);
    await page.waitForURL(`**/admin/tokens/${created.id}`);
    expect(await page.locator('h1').innerText()).not.toBe('');
  });

  it('finds a project by its name, a token by its id, and the request of an id', async () => {
    const { token } = created;
    const call = await fetch(`${server.origin}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    await call.arrayBuffer();
    const ids = () => server.manage<{ id: string; request_id: string }[]>('GET', '/manage/requests');
    await expect.poll(async () => (await ids()).length).toBeGreaterThan(0);
    const page = await opened();
    await page.keyboard.insertText('chat');
    await page.getByRole('menuitem', { name: /^Chat/ }).waitFor();
    await checkPage(page, 'palette-found');
    await page.getByRole('dialog').getByRole('searchbox').fill(created.id.slice(0, 10));
    await page.getByRole('menuitem').filter({ hasText: 'sk-wt-' }).waitFor();
    const [request] = await ids();
    await page.getByRole('dialog').getByRole('searchbox').fill(request!.request_id);
    await page.getByRole('group', { name: 'Requests' }).getByRole('menuitem').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/admin/requests/${request!.id}`);
  });

  it.each(['once it is listed', 'before the server has answered'])(
    'opens what was pasted by Enter, %s',
    async (when) => {
      const page = await opened();
      await page.keyboard.insertText(created.id);
      if (when === 'once it is listed') await page.locator('[role=menuitem][data-focused]').waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/admin/tokens/${created.id}`);
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    },
  );

  it('opens what was typed by Enter, and goes on from there by the arrow keys', async () => {
    const page = await opened();
    await page.keyboard.type('chat');
    await page.locator('[role=menuitem][data-focused]').filter({ hasText: 'Chat' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/projects/*');
    await page.keyboard.press('Control+k');
    await page.keyboard.insertText('create');
    await page.locator('[role=menuitem][data-focused]').filter({ hasText: 'Create a token' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('[role=menuitem][data-focused]').filter({ hasText: 'Create a project' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/projects/new');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('asks the store for no text that begins like a secret', async () => {
    const page = await opened();
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.keyboard.insertText('sk-proj-abc');
    await page.getByText('Nothing by that name.').waitFor();
    await page.getByRole('dialog').getByRole('searchbox').fill('chat');
    await page.getByRole('menuitem', { name: /^Chat/ }).waitFor();
    expect(urls.filter((url) => url.includes('/manage/search'))).toEqual([expect.stringContaining('q=chat')]);
  });
});
