import { describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser } from './support/browser.js';
import { signInAt } from './support/sign.in.js';
import { Traffic } from './support/traffic.js';

describe.skipIf(hasNoBrowser)('live requests', () => {
  const traffic = Traffic.forTests();
  const { web } = traffic;

  it('come in by themselves, and wait while the list is looked at', async () => {
    const project = await web.project('Live');
    const { token } = await web.token(project);
    const page = await web.open(`requests?project_id=${project}`);
    const rows = page.locator('[data-row]');
    await page.getByText('live', { exact: true }).waitFor();
    await traffic.call(token);
    await expect.poll(() => rows.count()).toBe(1);
    await rows.first().hover();
    await traffic.call(token, '/v1/models/gpt-4o');
    await traffic.call(token, '/v1/models/gpt-4o');
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await rows.count()).toBe(1);
    await page.screenshot({ path: 'test-output/requests-waiting.png' });
    await page.getByRole('button', { name: '2 new' }).click();
    await expect.poll(() => rows.count()).toBe(3);
    expect(await rows.first().innerText()).toContain('/v1/models/gpt-4o');
  });

  it('wait for the keyboard too', async () => {
    const project = await web.project('Focused');
    const { token } = await web.token(project);
    await traffic.call(token);
    await traffic.kept(`project_id=${project}`, 1);
    const page = await web.open(`requests?project_id=${project}`);
    await page.getByText('live', { exact: true }).waitFor();
    await page.locator('[data-row] a').first().focus();
    await traffic.call(token);
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await page.locator('h1').focus();
    await expect.poll(() => page.locator('[data-row]').count()).toBe(2);
  });

  it('stop with a press, and go on with another, with all that came between', async () => {
    const project = await web.project('Stopped');
    const { token } = await web.token(project);
    const page = await web.open(`requests?project_id=${project}`);
    const rows = page.locator('[data-row]');
    await page.getByText('live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.waitForURL(/live=paused/);
    await traffic.call(token);
    await traffic.kept(`project_id=${project}`, 1);
    expect(await rows.count()).toBe(0);
    await page.getByRole('button', { name: 'Follow live' }).click();
    await expect.poll(() => rows.count()).toBe(1);
  });

  it('are those of the filters', async () => {
    const project = await web.project('Cut');
    const { token } = await web.token(project);
    const page = await web.open(`requests?project_id=${project}&status_class=4xx`);
    await page.getByText('live', { exact: true }).waitFor();
    await traffic.call(token);
    await traffic.call(token, '/v1/models/none');
    await expect.poll(() => page.locator('[data-row]').allInnerTexts()).toEqual([expect.stringContaining('404')]);
  });

  it('are one stream of a visible tab: it ends with the page, and while the tab is hidden', async () => {
    const project = await web.project('Hidden');
    const { token } = await web.token(project);
    const page = await web.open(`requests?project_id=${project}`);
    await page.getByText('live', { exact: true }).waitFor();
    const ended: string[] = [];
    page.on('requestfailed', (request) => ended.push(new URL(request.url()).pathname));
    const hide = (isHidden: boolean) =>
      page.evaluate(`(() => {
        Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      })()`);
    await hide(true);
    await expect.poll(() => ended).toEqual(['/manage/requests/live']);
    await traffic.call(token);
    await traffic.kept(`project_id=${project}`, 1);
    expect(await page.locator('[data-row]').count()).toBe(0);
    await hide(false);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    await page.getByRole('link', { name: 'Tokens', exact: true }).click();
    await page.waitForURL('**/admin/tokens');
    await expect.poll(() => ended.length).toBe(2);
  });

  it('are asked for where the server has no place for another stream', async () => {
    web.browser.allow(/503/);
    const project = await web.project('Crowded');
    const { token } = await web.token(project);
    // Those of others.
    const end = new AbortController();
    const headers = { authorization: `Bearer ${MANAGEMENT_TOKEN}` };
    const follow = () => fetch(`${web.server.origin}/manage/requests/live`, { headers, signal: end.signal });
    const streams = await Promise.all(Array.from({ length: 20 }, follow));
    const page = await web.open(`requests?project_id=${project}`);
    await page.getByText(/asked every 2 s/).waitFor();
    await traffic.call(token);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    // Until here nothing may have dropped them.
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    end.abort();
  });

  it('of a session that has ended ask for a login, and go on after it', async () => {
    web.browser.allow(/401/);
    const project = await web.project('Signed out');
    const { token } = await web.token(project);
    const page = await web.open('login', { as: 'nobody' });
    await signInAt(page);
    await page.locator('#who-am-i').waitFor();
    await page.goto(`${web.server.origin}/admin/requests?project_id=${project}`);
    await page.getByText('live', { exact: true }).waitFor();
    await web.server.manage('DELETE', '/manage/sessions?except=this');
    await page.getByRole('alertdialog', { name: 'Sign in again' }).waitFor({ timeout: 30_000 });
    await signInAt(page);
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await traffic.call(token);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
  });
});
