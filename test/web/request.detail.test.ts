import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { Traffic } from './support/traffic.js';

describe.skipIf(hasNoBrowser)('a request', () => {
  const traffic = Traffic.forTests();
  const { web } = traffic;

  it('shows where its time went, what it was, what it used and its ids', async () => {
    const project = await web.project('Shown');
    const { token } = await web.token(project, { name: 'nightly' });
    await traffic.chat(token);
    const [kept] = await traffic.kept(`project_id=${project}`, 1);
    const page = await web.open(`requests?project_id=${project}`);
    await page.locator('[data-row] a').first().click();
    await page.waitForURL(/requests\/[^?]+\?project_id=/);
    await page.getByText('Admitted: credential, rules and limits').waitFor();
    await page.getByText(/The proxy itself took/).waitFor();
    const text = (await page.locator('dl').allInnerTexts()).join('\n');
    for (const part of [kept!.request_id, 'gpt-4o-mini', 'nightly', 'Answered', 'chat_completions', 'list price'])
      expect(text).toContain(part);
    await checkPage(page, 'request-detail');
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.waitForURL(/requests\?project_id=/);
  });

  it('that was refused says by which code, and that all of its time is ours', async () => {
    const project = await web.project('Refused');
    const { id, token } = await web.token(project);
    await web.server.manage('DELETE', `/manage/tokens/${id}`);
    expect(await traffic.call(token)).toBe(401);
    const [kept] = await traffic.kept(`token_id=${id}`, 1);
    const page = await web.open(`requests/${kept!.id}`);
    await page.getByText('Refused before the upstream was asked').waitFor();
    await page.getByText('token_inactive').waitFor();
    await checkPage(page, 'request-refused');
  });

  it('leads to the next and the one before within the filters, by the arrow keys', async () => {
    const project = await web.project('Beside');
    const { token } = await web.token(project);
    for (const path of ['/v1/models', '/v1/models/none', '/v1/models', '/v1/models/none'])
      await traffic.call(token, path);
    const kept = await traffic.kept(`project_id=${project}&status_class=4xx`, 2);
    const page = await web.open(`requests?project_id=${project}&status_class=4xx`);
    await page.locator('[data-row] a').first().click();
    const at = () => decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1)!);
    await expect.poll(at).toBe(kept[0]!.id);
    const older = page.getByRole('button', { name: 'Older request (right arrow)' });
    await expect.poll(() => older.isEnabled()).toBe(true);
    await page.keyboard.press('ArrowRight');
    await expect.poll(at).toBe(kept[1]!.id);
    await expect.poll(() => older.isDisabled()).toBe(true);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(at).toBe(kept[0]!.id);
    await page.goBack();
    await page.locator('h1', { hasText: 'Requests' }).waitFor();
  });

  it('has its neighbours from a pasted link too', async () => {
    const project = await web.project('Pasted');
    const { token } = await web.token(project);
    for (let i = 0; i < 3; i += 1) await traffic.call(token);
    const kept = await traffic.kept(`project_id=${project}`, 3);
    const page = await web.open(`requests/${kept[1]!.id}?project_id=${project}`);
    for (const name of ['Newer request (left arrow)', 'Older request (right arrow)'])
      await expect.poll(() => page.getByRole('button', { name }).isEnabled()).toBe(true);
  });

  it('that is not kept is said so', async () => {
    web.browser.allow(/404/);
    const page = await web.open('requests/3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10:request');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('request_not_found');
  });
});
