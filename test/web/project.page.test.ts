import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

interface Shown {
  is_active: boolean;
  api_key: string | null;
  name: string;
  deleted_at?: string;
}

describe.skipIf(hasNoBrowser)('a project', () => {
  const web = WebSuite.forTests();

  const shown = (id: string): Promise<Shown> => web.get<Shown>(`/manage/projects/${id}`);
  const activeTokens = async (id: string): Promise<number> =>
    (await web.get<object[]>(`/manage/tokens?project_id=${id}&status=active`)).length;

  it('shows its state, its key as it is displayed, and its tokens', async () => {
    const id = await web.project('Search');
    await web.token(id, { name: 'nightly' });
    const page = await web.open(`projects/${id}`);
    await page.getByRole('link', { name: 'nightly' }).waitFor();
    expect(await page.locator('h1').innerText()).toBe('Search');
    expect(await page.locator('dl').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/Status:\s+Active/), expect.stringMatching(/Active tokens\s+1/)]),
    );
    // Its history has it too.
    await page.locator('dd', { hasText: 'sk-…aaaa' }).waitFor();
    await checkPage(page, 'project-page');
    await page.getByRole('link', { name: 'Generate Token' }).click();
    await page.waitForURL(`**/admin/tokens/new?project_id=${id}`);
    await page
      .getByRole('button', { name: /Search/, disabled: false })
      .last()
      .waitFor();
  });

  it('offers a first token while it has none', async () => {
    const id = await web.project('Young');
    const page = await web.open(`projects/${id}`);
    await page.getByRole('link', { name: 'Make its first token' }).click();
    await page.getByText('Step 2 of 3').waitFor();
    expect(new URL(page.url()).searchParams.get('project_id')).toBe(id);
  });

  it('is renamed, and a blank key keeps the stored one', async () => {
    const id = await web.project('Old name');
    const before = await shown(id);
    const page = await web.open(`projects/${id}/edit`);
    expect(await page.locator('#api_key').inputValue()).toBe('');
    await checkPage(page, 'project-edit');
    await page.locator('#name').fill('New name');
    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'PATCH'),
      page.getByRole('button', { name: 'Update Project' }).click(),
    ]);
    expect(sent.postDataJSON()).toEqual({ name: 'New name' });
    await page.locator('h1', { hasText: 'New name' }).waitFor();
    expect(await shown(id)).toMatchObject({ name: 'New name', api_key: before.api_key });
  });

  it('gets another key', async () => {
    const id = await web.project('Rolled');
    const page = await web.open(`projects/${id}/edit`);
    await page.locator('#api_key').fill(`sk-${'z'.repeat(40)}`);
    await page.getByRole('button', { name: 'Update Project' }).click();
    await page.locator('h1', { hasText: 'Rolled' }).waitFor();
    expect((await shown(id)).api_key).toMatch(/zzzz$/);
  });

  it('is deactivated by its switch, which its tokens say', async () => {
    const id = await web.project('Paused');
    await web.token(id);
    const page = await web.open(`projects/${id}/edit`);
    await page.getByText('Active', { exact: true }).click();
    await page.getByRole('button', { name: 'Update Project' }).click();
    await page.getByText('The project is inactive: its tokens are refused.').waitFor();
    await page.getByText('Project inactive', { exact: true }).waitFor();
    expect((await shown(id)).is_active).toBe(false);
  });

  it('is deactivated after a question, and activated', async () => {
    const id = await web.project('Asked');
    await web.token(id);
    const page = await web.open(`projects/${id}`);
    await page.getByRole('button', { name: 'Deactivate' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Its one active token is refused from the next request on.').waitFor();
    await dialog.getByRole('button', { name: 'Deactivate' }).click();
    await page.getByRole('button', { name: 'Activate', exact: true }).click();
    await page.getByRole('button', { name: 'Deactivate' }).waitFor();
    expect((await shown(id)).is_active).toBe(true);
  });

  it('has all its tokens revoked once its name is typed, and a second time', async () => {
    const id = await web.project('Leaky');
    await Promise.all([web.token(id), web.token(id)]);
    const page = await web.open(`projects/${id}`);
    const dialog = page.getByRole('alertdialog');
    const revokeAll = async (said: string): Promise<void> => {
      await page.getByRole('button', { name: 'Revoke All Tokens' }).click();
      await dialog.getByText('You are about to revoke ALL tokens').waitFor();
      await dialog.getByLabel('Type Leaky to go on').fill('Leaky');
      await dialog.getByRole('button', { name: 'Revoke all' }).click();
      await page.getByText(said).waitFor();
      await dialog.waitFor({ state: 'hidden' });
    };
    await page.getByRole('button', { name: 'Revoke All Tokens' }).click();
    expect(await dialog.getByRole('button', { name: 'Revoke all' }).isDisabled()).toBe(true);
    await checkPage(page, 'project-revoke-all');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await activeTokens(id)).toBe(2);
    await revokeAll('2 tokens revoked');
    expect(await activeTokens(id)).toBe(0);
    await revokeAll('0 tokens revoked');
  });

  it('is deleted once its name is typed', async () => {
    const id = await web.project('Gone');
    const page = await web.open(`projects/${id}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByLabel('Type Gone to go on').fill('Gone');
    await page.getByRole('button', { name: 'Delete project' }).click();
    await page.waitForURL('**/admin/projects');
    const listed = await web.get<Shown[]>('/manage/projects?page_size=100');
    expect(listed.map(({ name }) => name)).not.toContain('Gone');
  });
});
