import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebServer } from './support/web.server.js';

const ID = '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10';

/** Path, heading, title of the tab. `{project}` and `{token}` are those of the store. */
const PAGES = [
  ['', 'Dashboard', 'Dashboard'],
  ['projects', 'Projects', 'Projects'],
  ['projects/new', 'New project', 'New project'],
  ['projects/{project}', 'Chat', 'Chat'],
  ['projects/{project}/edit', 'Edit project', 'Edit project'],
  ['tokens', 'Tokens', 'Tokens'],
  ['tokens/new', 'New token', 'New token'],
  ['tokens/{token}', 'Token Details', 'Token Details'],
  ['tokens/{token}/edit', 'Edit Token', 'Edit Token'],
  ['requests', 'Requests', 'Requests'],
  [`requests/${ID}`, 'Request', 'Request'],
  ['usage', 'Usage and cost', 'Usage and cost'],
  ['audit', 'Audit Events', 'Audit Events'],
  [`audit/${ID}`, 'Audit Event Details', 'Audit Event Details'],
  ['system', 'System', 'System'],
  ['no/such/page', 'There is nothing at this address', 'Not found'],
] as const;

describe.skipIf(hasNoBrowser)('every page', () => {
  let server: WebServer;
  let browser: WebBrowser;
  let project = '';
  let token = '';
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
    const key = `sk-${'a'.repeat(40)}`;
    ({ id: project } = await server.manage<{ id: string }>('POST', '/manage/projects', { name: 'Chat', api_key: key }));
    ({ id: token } = await server.manage<{ id: string }>('POST', '/manage/tokens', { project_id: project }));
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const fill = (path: string): string => path.replace('{project}', project).replace('{token}', token);

  it.each(PAGES)('/admin/%s has a heading and a title, and is accessible', async (path, heading, title) => {
    const page = await browser.open(`/admin/${fill(path)}`);
    expect(await page.locator('h1').allInnerTexts()).toEqual([heading]);
    expect(await page.title()).toBe(`${title} · LLM Proxy`);
    await page.locator('#server-time').waitFor({ state: 'attached' });
    await checkPage(
      page,
      path === ''
        ? 'dashboard'
        : path
            .replace(/\{(\w+)\}/g, 'id')
            .replaceAll(ID, 'id')
            .replaceAll('/', '-'),
    );
  });

  it.each(['viewer', 'manager'])('complains of nothing to a %s', async (role) => {
    const { token: credential } = await server.manage<{ token: string }>('POST', '/manage/operators', {
      name: role,
      role,
      projects: [project],
    });
    const page = await browser.open('/admin/', { token: credential });
    for (const [path, heading] of PAGES) {
      await page.goto(`${server.origin}/admin/${fill(path)}`);
      await expect.poll(() => page.locator('h1').innerText()).toBe(heading);
      await page.locator('#who-am-i span').first().waitFor();
    }
  });

  it('is reached by the navigation, and the focus is at its heading', async () => {
    const page = await browser.open('/admin/');
    await page.getByRole('link', { name: 'Tokens', exact: true }).click();
    await page.waitForURL('**/admin/tokens');
    await expect
      .poll(() => page.evaluate('document.activeElement.tagName + document.activeElement.innerText'))
      .toBe('H1Tokens');
  });

  it('is reached by the palette', async () => {
    const page = await browser.open('/admin/tokens');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('usage');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/usage');
    await expect.poll(() => page.locator('h1').innerText()).toBe('Usage and cost');
  });
});
