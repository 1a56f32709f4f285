import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

interface Shown {
  is_active: boolean;
  max_requests: number | null;
  name?: string;
  expires_at: string;
  replaced_by?: string;
  allowed_ips: string[] | null;
}

describe.skipIf(hasNoBrowser)('a token', () => {
  const web = WebSuite.forTests();

  const shown = (id: string): Promise<Shown> => web.get<Shown>(`/manage/tokens/${id}`);

  it('shows what it is and what is left of it', async () => {
    const { id } = await web.token(await web.project('Facts'), {
      name: 'nightly',
      max_requests: 100,
      max_concurrent: 2,
    });
    const page = await web.open(`tokens/${id}`);
    await page.getByText('100 of 100').waitFor();
    const labels = await page.locator('dt').allInnerTexts();
    expect(labels).toEqual(
      expect.arrayContaining(['Token ID', 'Project', 'Status', 'Expires', 'Created', 'Last used']),
    );
    expect(await page.locator('dd .badge').innerText()).toBe('Active');
    expect(await page.locator('main button.bg-rust').allInnerTexts()).toEqual(['Revoke Token']);
    await page.getByText('At most 2 at a time.').waitFor();
    await page.getByText('It was not used in the last 24 hours').waitFor();
    const times = page.locator('dd time[data-format=long]');
    expect(await times.first().innerText()).toMatch(/ at \d+:\d\d [AP]M$/);
    await checkPage(page, 'token-page');
  });

  it('is revoked after a question, on every replica, and brought back with its limit', async () => {
    const { id } = await web.token(await web.project('Revoked'), { name: 'leaked', max_requests: 7 });
    const page = await web.open(`tokens/${id}`);
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Are you sure you want to revoke this token?').waitFor();
    await checkPage(page, 'token-revoke');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect((await shown(id)).is_active).toBe(true);
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    await dialog.getByRole('button', { name: 'Revoke token' }).click();
    await page.getByText('Confirmed by 1 of 1 replica').waitFor();
    expect(await shown(id)).toMatchObject({ is_active: false, max_requests: 7 });
    await expect.poll(() => page.locator('dd .badge').innerText()).toBe('Revoked');
    await page.getByRole('button', { name: 'Reactivate' }).click();
    await expect.poll(() => page.locator('dd .badge').innerText()).toBe('Active');
    expect(await shown(id)).toMatchObject({ is_active: true, max_requests: 7 });
  });

  it('is edited: only what differs is sent, and a blank limit is none', async () => {
    const { id } = await web.token(await web.project('Edited'), { name: 'old', max_requests: 7 });
    const { expires_at: end } = await shown(id);
    const page = await web.open(`tokens/${id}/edit`);
    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'PATCH'),
      (async () => {
        await page.locator('#name').fill('new');
        expect(await page.locator('#expires_at').inputValue()).toBe(end.slice(0, 16));
        expect(await page.locator('#expires_at').getAttribute('data-local-time')).toBeNull();
        await page.locator('#max_requests').fill('');
        await page.locator('#allowed_ips').fill('10.0.0.0/8');
        await page.getByRole('button', { name: 'Update Token' }).click();
      })(),
    ]);
    expect(sent.postDataJSON()).toEqual({ name: 'new', max_requests: null, allowed_ips: ['10.0.0.0/8'] });
    await page.getByRole('heading', { name: 'Token Details' }).waitFor();
    await page.getByText('∞ unlimited').waitFor();
    expect(await shown(id)).toMatchObject({
      name: 'new',
      max_requests: null,
      allowed_ips: ['10.0.0.0/8'],
      expires_at: end,
    });
  });

  it('is revoked by its switch', async () => {
    const { id } = await web.token(await web.project('Switched'));
    const page = await web.open(`tokens/${id}/edit`);
    await page.getByText('Active', { exact: true }).click();
    await page.getByRole('button', { name: 'Update Token' }).click();
    await page.getByRole('heading', { name: 'Token Details' }).waitFor();
    expect((await shown(id)).is_active).toBe(false);
  });

  it('is revoked from the danger zone of its form', async () => {
    const { id } = await web.token(await web.project('Endangered'));
    const page = await web.open(`tokens/${id}/edit`);
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke token' }).click();
    await page.getByText('Confirmed by 1 of 1 replica').waitFor();
    expect((await shown(id)).is_active).toBe(false);
    await expect.poll(() => page.getByText('Danger zone').count()).toBe(0);
  });

  it('shows a refusal at its field', async () => {
    web.browser.allow(/400/);
    const { id } = await web.token(await web.project('Odd'));
    const page = await web.open(`tokens/${id}/edit`);
    await page.locator('#allowed_ips').fill('not an address');
    await page.getByRole('button', { name: 'Update Token' }).click();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('allowed_ips');
    await checkPage(page, 'token-edit-refused');
  });

  it('is replaced: the new one is shown once', async () => {
    const { id } = await web.token(await web.project('Replaced'), { name: 'rolled' });
    const page = await web.open(`tokens/${id}`);
    await page.getByRole('button', { name: 'Replace' }).click();
    await page.getByRole('dialog').waitFor();
    await checkPage(page, 'token-replace');
    await page.getByRole('button', { name: 'Replace token' }).click();
    await page.getByRole('heading', { name: 'Token created' }).waitFor();
    const secret = await page.locator('#tokenValue').innerText();
    expect(secret).toMatch(/^sk-wt-/);
    await page.getByRole('button', { name: 'I have copied it' }).click();
    const { replaced_by: next } = await shown(id);
    await page.waitForURL(`**/admin/tokens/${next}`);
    await page.getByText('It replaces').waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  it('that nobody has is said so', async () => {
    web.browser.allow(/404/);
    const page = await web.open('tokens/3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('token_not_found');
  });
});
