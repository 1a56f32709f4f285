import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('the list of tokens', () => {
  const web = WebSuite.forTests();

  const active = async (projectId: string): Promise<number> =>
    (await web.get<object[]>(`/manage/tokens?project_id=${projectId}&status=active`)).length;

  it('shows names, states and what is left, and no secret', async () => {
    const project = await web.project('Shown');
    const { token } = await web.token(project, { name: 'counted', max_requests: 1000 });
    await web.token(project, { name: 'free' });
    const page = await web.open(`tokens?project_id=${project}`);
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await page.locator('th').allInnerTexts()).toEqual([
      'Token',
      'Project',
      'Status',
      'Requests left',
      'Expires',
      'Last used',
      'Created',
    ]);
    expect(await rows.filter({ hasText: 'free' }).innerText()).toContain('∞');
    expect(await rows.filter({ hasText: 'counted' }).innerText()).toContain('1,000 of 1,000');
    expect(await page.content()).not.toContain(token);
    await page.getByText('Project: Shown').waitFor();
    // At a usual width nothing of a row is out of sight.
    const hidden =
      '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector("main [role=region]"))';
    expect(await page.evaluate(hidden)).toBe(0);
    await checkPage(page, 'tokens-list');
    await page.getByRole('button', { name: 'Show all projects' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });

  it('leads to the form of a token', async () => {
    const { id } = await web.token(await web.project('Led'), { name: 'led' });
    const page = await web.open('tokens');
    await page.getByRole('link', { name: 'Edit led' }).click();
    await page.waitForURL(`**/admin/tokens/${id}/edit`);
    await expect.poll(() => page.locator('#name').inputValue()).toBe('led');
  });

  it('asks once the typing pauses, and puts no secret into its URL', async () => {
    const project = await web.project('Typed');
    const { id, token } = await web.token(project, { name: 'typed in' });
    const page = await web.open('tokens');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
    await page.getByLabel('Search tokens').pressSequentially('typed in', { delay: 20 });
    await page.waitForURL(/search=typed/);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    expect(asked.filter((path) => path.startsWith('/manage/tokens?'))).toHaveLength(1);
    await page.getByLabel('Search tokens').fill(token);
    await page.waitForURL(`**/admin/tokens/${id}`);
    expect(asked.join()).not.toContain(token);
  });

  it('is filtered, sorted and widened, all of it in the URL and kept by Back', async () => {
    const project = await web.project('Filtered');
    const { id } = await web.token(project, { name: 'ended' });
    await web.token(project, { name: 'living', max_requests: 5 });
    await web.server.manage('DELETE', `/manage/tokens/${id}`);
    const page = await web.open(`tokens?project_id=${project}`);
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: /Status/ }).click();
    await page.getByRole('option', { name: 'Revoked' }).click();
    await page.waitForURL(/status=revoked/);
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('ended')]);
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: /Unused for/ }).click();
    await page.getByRole('option', { name: '7 days' }).click();
    await page.getByText('Unused since').waitFor();
    expect(new URL(page.url()).searchParams.get('unused_since')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
    await page.getByRole('button', { name: 'Show used ones too' }).click();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitem', { name: 'Show requests used' }).click();
    await page.getByRole('button', { name: 'Requests used' }).click();
    await page.waitForURL(/sort=-request_count/);
    expect(new URL(page.url()).searchParams.get('columns')).toBe('request_count');
  });

  it('names the filters that find nothing, and clears them', async () => {
    const page = await web.open('tokens?search=nobody&status=exhausted');
    await page.getByText('No token has the text “nobody” and the status “Exhausted”.').waitFor();
    await page.getByRole('button', { name: 'Show all tokens' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });

  it('revokes by a row after a question, and reactivates', async () => {
    const project = await web.project('By row');
    await web.token(project, { name: 'one' });
    const page = await web.open(`tokens?project_id=${project}`);
    await page.getByRole('button', { name: 'Revoke one' }).click();
    const dialog = page.getByRole('alertdialog');
    await checkPage(page, 'tokens-revoke-row');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await active(project)).toBe(1);
    await page.getByRole('button', { name: 'Revoke one' }).click();
    await dialog.getByRole('button', { name: 'Revoke token' }).click();
    await page.getByRole('button', { name: 'Reactivate one' }).waitFor();
    expect(await page.locator('[data-row] .badge').innerText()).toBe('Revoked');
    await page.getByRole('button', { name: 'Reactivate one' }).click();
    await expect.poll(() => active(project)).toBe(1);
  });

  it('revokes the selected ones in one call', async () => {
    const project = await web.project('Selected');
    await Promise.all(['a', 'b', 'c'].map((name) => web.token(project, { name })));
    const page = await web.open(`tokens?project_id=${project}`);
    await page.getByLabel('Select a', { exact: true }).check();
    await page.getByLabel('Select b', { exact: true }).check();
    await page.getByText('2 selected').waitFor();
    await checkPage(page, 'tokens-selected');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Revoke 2 tokens?' });
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('2 tokens revoked').waitFor();
    await expect.poll(() => page.getByText('2 selected').count()).toBe(0);
    expect(await active(project)).toBe(1);
  });

  it('asks for a word before it revokes more than ten', async () => {
    const project = await web.project('Many');
    await Promise.all(Array.from({ length: 11 }, () => web.token(project)));
    const page = await web.open(`tokens?project_id=${project}`);
    await page.getByLabel('Select all on this page').check();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    const dialog = page.getByRole('alertdialog');
    expect(await dialog.getByRole('button', { name: 'Revoke' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Type revoke to go on').fill('revoke');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('11 tokens revoked').waitFor();
  });

  it('is cards on a phone', async () => {
    const project = await web.project('Phone');
    await web.token(project, { name: 'pocket' });
    const page = await web.open(`tokens?project_id=${project}`, { size: { width: 390, height: 844 } });
    await page.getByRole('link', { name: 'pocket' }).waitFor();
    expect(await page.locator('table').count()).toBe(0);
    await checkPage(page, 'tokens-phone');
  });

  it('asks the server once a page', async () => {
    const page = await web.open('tokens');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('button', { name: 'Expires', exact: true }).click();
    await page.waitForURL(/sort=-expires_at/);
    await page.locator('[data-row]').first().waitFor();
    expect(asked.filter((path) => path === '/manage/tokens')).toHaveLength(1);
  });
});
