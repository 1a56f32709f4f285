import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('the list of projects', () => {
  const web = WebSuite.forTests();

  it('says what a project is while there is none', async () => {
    const page = await web.open('projects');
    await page.getByRole('heading', { name: 'No project yet' }).waitFor();
    await page.getByRole('link', { name: 'Create the first project' }).click();
    await page.waitForURL('**/admin/projects/new');
    await expect.poll(() => page.title()).toBe('New project · LLM Proxy');
  });

  it('is paged, sorted, searched and cut by its status, all of it in the URL', async () => {
    const ids = await Promise.all(
      Array.from({ length: 11 }, (_, n) => web.project(`team ${String(n).padStart(2, '0')}`)),
    );
    await web.server.manage('PATCH', `/manage/projects/${ids[0]}`, { is_active: false });
    const page = await web.open('projects?sort=name');
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(10);
    expect(await rows.first().innerText()).toContain('team 00');
    expect(await rows.first().locator('.badge').innerText()).toBe('Inactive');
    expect(await rows.first().locator('time').getAttribute('data-local-time')).toBe('true');
    await checkPage(page, 'projects-list');
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.waitForURL(/page=2/);
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('team 10')]);
    await page.getByRole('button', { name: 'Name' }).click();
    await page.waitForURL(/sort=-name/);
    await expect.poll(() => rows.first().innerText()).toContain('team 10');
    await page.getByLabel('Search projects').fill('team 07');
    await page.waitForURL(/search=team/);
    await expect.poll(() => rows.count()).toBe(1);
    await page.goto(`${web.server.origin}/admin/projects?status=inactive`);
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('team 00')]);
  });

  it('names the filters that find nothing, and clears them', async () => {
    const page = await web.open('projects?search=nobody');
    await page.getByText('No project has the text “nobody”.').waitFor();
    await page.getByRole('button', { name: 'Show all projects' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });
});
