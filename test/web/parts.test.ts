import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { Traffic } from './support/traffic.js';

describe.skipIf(hasNoBrowser)('what a token and a project did', () => {
  const traffic = Traffic.forTests();
  const { web } = traffic;

  it('is drawn on their pages, answered and not, and leads to the requests', async () => {
    const project = await web.project('Drawn');
    const { id, token } = await web.token(project, { name: 'drawn app' });
    await traffic.call(token);
    await traffic.call(token, '/v1/models/none');
    await traffic.kept(`token_id=${id}`, 2);
    for (const [path, by] of [
      [`tokens/${id}`, 'hour'],
      [`projects/${project}`, 'day'],
    ] as const) {
      const page = await web.open(path);
      await page.getByText(`2, 1 of them failed or were refused. By ${by}.`).waitFor();
      await page.locator('svg[role=application]').focus();
      await page.keyboard.press('End');
      await page.locator('[aria-live=polite]', { hasText: ': 2 requests' }).waitFor({ state: 'attached' });
      await checkPage(page, path.startsWith('tokens') ? 'token-traffic' : 'project-traffic');
      await page.getByRole('link', { name: 'Its requests' }).click();
      await expect.poll(() => page.locator('[data-row]').count()).toBe(2);
    }
  });

  it('is told by their history, with the values before and after', async () => {
    const project = await web.project('Told');
    const { id } = await web.token(project, { name: 'old name' });
    await web.server.manage('PATCH', `/manage/tokens/${id}`, { name: 'new name' });
    const page = await web.open(`tokens/${id}`);
    await page.getByText('old name → new name').waitFor();
    await page.getByRole('link', { name: 'All 2' }).click();
    await page.waitForURL(new RegExp(`/audit\\?token_id=${id}$`));
    await page.getByText('Token: new name').waitFor();
    await expect.poll(() => page.locator('[data-row]').count()).toBe(2);
    const other = await web.open(`projects/${project}`);
    await other.getByRole('link', { name: 'project.create' }).waitFor();
  });

  it('is said to be nothing while it is', async () => {
    const { id } = await web.token(await web.project('Quiet'));
    const page = await web.open(`tokens/${id}`);
    await page.getByText('None in the last 7 days.').waitFor();
    expect(await page.locator('svg[role=application]').count()).toBe(0);
  });
});
