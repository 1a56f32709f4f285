import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('a refusal is shown', () => {
  const web = WebSuite.forTests();

  it('of activating a project that is deleted meanwhile', async () => {
    web.browser.allow(/404/);
    const id = await web.project('Gone');
    await web.server.manage('PATCH', `/manage/projects/${id}`, { is_active: false });
    const page = await web.open(`projects/${id}`);
    const activate = page.getByRole('button', { name: 'Activate', exact: true });
    await activate.waitFor();
    await web.server.manage('DELETE', `/manage/projects/${id}`);
    await activate.click();
    await page.getByText('Not activated').waitFor();
    expect(await page.getByText('Not activated').count()).toBe(1);
  });

  it('of a limit that is no number, also after the server refused the form', async () => {
    web.browser.allow(/400/);
    const { id } = await web.token(await web.project('Limited'), { max_requests: 7 });
    const page = await web.open(`tokens/${id}/edit`);
    const update = page.getByRole('button', { name: 'Update Token' });
    await page.locator('#allowed_ips').fill('nonsense');
    await update.click();
    await expect.poll(() => page.locator('#allowed_ips').getAttribute('aria-invalid')).toBe('true');
    await page.locator('#allowed_ips').fill('');
    await page.locator('#max_requests').fill('');
    await page.locator('#max_requests').press('e');
    await page.keyboard.press('Tab');
    await update.click();
    await page.getByText('This must be a number.').waitFor();
    expect(await web.get(`/manage/tokens/${id}`)).toMatchObject({ max_requests: 7 });
    await page.locator('#max_requests').fill('8');
    await page.locator('#max_requests').press('Enter');
    await page.getByRole('heading', { name: 'Token Details' }).waitFor();
    expect(await web.get(`/manage/tokens/${id}`)).toMatchObject({ max_requests: 8 });
  });
});
