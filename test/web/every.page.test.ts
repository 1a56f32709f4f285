import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebServer } from './support/web.server.js';

interface Made {
  id: string;
  token?: string;
}

/** Path, heading, title of the tab. What is in braces is in the store. */
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
  ['requests/{request}', 'Request', 'Request'],
  ['usage', 'Usage and cost', 'Usage and cost'],
  ['audit', 'Audit Events', 'Audit Events'],
  ['audit/{event}', 'Audit Event Details', 'Audit Event Details'],
  ['system', 'System', 'System'],
  ['no/such/page', 'There is nothing at this address', 'Not found'],
] as const;

describe.skipIf(hasNoBrowser)('every page', () => {
  let server: WebServer;
  let browser: WebBrowser;
  /** Ids by what they are of. */
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    // Nobody listens there: each request is kept as one that failed.
    server = await WebServer.start({ OPENAI_API_URL: 'http://127.0.0.1:9' });
    browser = await WebBrowser.connect(server.origin);
    const key = `sk-${'a'.repeat(40)}`;
    const { id: project } = await server.manage<Made>('POST', '/manage/projects', { name: 'Chat', api_key: key });
    const made = await server.manage<Made>('POST', '/manage/tokens', { project_id: project });
    const answer = await fetch(`${server.origin}/v1/models`, { headers: { authorization: `Bearer ${made.token}` } });
    await answer.arrayBuffer();
    const requests = () => server.manage<Made[]>('GET', `/manage/requests?project_id=${project}`);
    await until('the request', async () => (await requests()).length === 1);
    const { events } = await server.manage<{ events: Made[] }>('GET', `/manage/audit?project_id=${project}`);
    Object.assign(ids, { project, token: made.id, request: (await requests())[0]!.id, event: events[0]!.id });
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const fill = (path: string): string => path.replace(/\{(\w+)\}/, (_, name: string) => ids[name]!);

  it.each(PAGES)('/admin/%s has a heading and a title, and is accessible', async (path, heading, title) => {
    const page = await browser.open(`/admin/${fill(path)}`);
    expect(await page.locator('h1').allInnerTexts()).toEqual([heading]);
    expect(await page.title()).toBe(`${title} · LLM Proxy`);
    await page.locator('#server-time').waitFor({ state: 'attached' });
    await checkPage(page, path === '' ? 'dashboard' : path.replace(/\{(\w+)\}/g, 'id').replaceAll('/', '-'));
  });

  it.each(['viewer', 'manager'])('complains of nothing to a %s', async (role) => {
    const { token: credential } = await server.manage<{ token: string }>('POST', '/manage/operators', {
      name: role,
      role,
      projects: [ids['project']],
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
    await page.getByRole('link', { name: 'Tokens' }).click();
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
