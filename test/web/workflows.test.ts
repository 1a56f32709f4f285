import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { hasNoBrowser } from './support/browser.js';
import { signInAt } from './support/sign.in.js';
import { WebSuite } from './support/web.suite.js';

interface Row {
  id: string;
  action: string;
  outcome: string;
  project_id?: string;
  token_id?: string;
  metadata?: Record<string, unknown>;
  actor_name?: string;
  origin?: string;
  session_id?: string;
}

describe.skipIf(hasNoBrowser)('a deed at a page', () => {
  const web = WebSuite.forTests();

  const rows = async (query: string): Promise<Row[]> =>
    (await web.get<{ events: Row[] }>(`/manage/audit?${query}`)).events;

  /** Fills in the word of the open dialog and presses its button. */
  async function confirm(page: Page, verb: string, word?: string): Promise<void> {
    const dialog = page.locator('section[role=alertdialog]');
    if (word !== undefined) await dialog.getByLabel(`Type ${word} to go on`).fill(word);
    await dialog.getByRole('button', { name: verb, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  it('that deactivates a project shows there and in the log', async () => {
    const project = await web.project('Paused');
    const page = await web.open(`projects/${project}`);
    await page.getByRole('button', { name: 'Deactivate' }).click();
    await confirm(page, 'Deactivate');
    await page.getByText('Inactive', { exact: true }).first().waitFor();
    const [row] = await rows(`project_id=${project}`);
    expect(row).toMatchObject({ action: 'project.update', outcome: 'success', project_id: project });
  });

  it('that revokes a token shows there and in the log', async () => {
    const project = await web.project('Leaked');
    const { id } = await web.token(project, { name: 'leaked' });
    const page = await web.open(`tokens/${id}`);
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    await confirm(page, 'Revoke token');
    await expect.poll(() => page.locator('dd .badge').innerText()).toBe('Revoked');
    const [row] = await rows(`token_id=${id}`);
    expect(row).toMatchObject({ action: 'token.revoke', outcome: 'success', token_id: id, project_id: project });
  });

  it('that revokes all tokens of a project is in the log with their number', async () => {
    const project = await web.project('Bulk');
    await Promise.all([web.token(project), web.token(project)]);
    const page = await web.open(`projects/${project}`);
    await page.getByRole('button', { name: 'Revoke All Tokens' }).click();
    await confirm(page, 'Revoke all', 'Bulk');
    const all = await rows(`project_id=${project}`);
    const row = all.find(({ action }) => action === 'project.revoke_tokens')!;
    expect(row).toMatchObject({ outcome: 'success', project_id: project });
    expect(JSON.stringify(row.metadata)).toContain('2');
  });

  it('on a project shows at its tokens', async () => {
    const project = await web.project('Asleep');
    const { id } = await web.token(project, { name: 'sleeper' });
    await web.server.manage('PATCH', `/manage/projects/${project}`, { is_active: false });
    const page = await web.open(`tokens/${id}`);
    await expect.poll(() => page.locator('dd .badge').innerText()).toBe('Project inactive');
    const list = await web.open(`tokens?project_id=${project}`);
    await expect.poll(() => list.locator('[data-row] .badge').innerText()).toBe('Project inactive');
  });

  it('elsewhere shows once one looks again', async () => {
    const { id } = await web.token(await web.project('Elsewhere'));
    const page = await web.open(`tokens/${id}`);
    await expect.poll(() => page.locator('dd .badge').innerText()).toBe('Active');
    await web.server.manage('DELETE', `/manage/tokens/${id}`);
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.locator('h1', { hasText: 'Projects' }).waitFor();
    await page.goBack();
    await page.reload();
    await expect.poll(() => page.locator('dd .badge').innerText()).toBe('Revoked');
    await page.getByRole('button', { name: 'Reactivate' }).waitFor();
    expect(await page.getByRole('button', { name: 'Revoke Token' }).count()).toBe(0);
  });

  it('has one row each, with the name of who did it and the session', async () => {
    const page = await web.open('login', { as: 'nobody' });
    await page.getByLabel('Your name, for the audit log').fill('Ana');
    await signInAt(page);
    await page.waitForURL(/\/admin\/$/);
    await page.goto(`${web.server.origin}/admin/projects/new`);
    await page.locator('#name').fill('By Ana');
    await page.locator('#api_key').fill(`sk-${'k'.repeat(40)}`);
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.getByRole('link', { name: 'Generate Token' }).click();
    await page.getByRole('button', { name: 'Create Token' }).click();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    await confirm(page, 'Revoke token');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/admin/login');
    const done = (await rows('page_size=5')).toReversed();
    expect(done.map(({ action }) => action)).toEqual([
      'admin.login',
      'project.create',
      'token.create',
      'token.revoke',
      'admin.logout',
    ]);
    expect(done.map(({ actor_name: name, origin }) => [name, origin])).toEqual(done.map(() => ['Ana', 'admin-ui']));
    expect(new Set(done.map(({ session_id: session }) => session)).size).toBe(1);
  });
});
