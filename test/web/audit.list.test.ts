import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('the audit log', () => {
  const web = WebSuite.forTests();

  /** A project with as many rows as asked for. */
  const deeds = async (name: string, count: number): Promise<string> => {
    const project = await web.project(name);
    for (let i = 1; i < count; i += 1)
      await web.server.manage('PATCH', `/manage/projects/${project}`, { note: `${name} ${i}` });
    return project;
  };

  it('shows who did what, from where, and how it ended', async () => {
    const project = await deeds('Shown', 2);
    const page = await web.open(`audit?project_id=${project}`);
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await page.locator('th').allInnerTexts()).toEqual([
      'Time',
      'Action',
      'Actor',
      'Outcome',
      'IP Address',
      'Actions',
    ]);
    const first = await rows.first().innerText();
    for (const part of ['project.update', 'Management token', 'Success', '127.0.0.1', 'Details'])
      expect(first).toContain(part);
    expect(await rows.first().locator('.badge').innerText()).toBe('Success');
    expect(await rows.first().locator('time').getAttribute('data-format')).toBe('ymd_hms');
    await checkPage(page, 'audit-list');
  });

  it('is searched by its form, and cleared to the bare address', async () => {
    await deeds('Searched', 3);
    const page = await web.open('audit');
    await page.locator('[data-row]').first().waitFor();
    await page.locator('input[name=search]').fill('Searched 2');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.waitForURL(/\?search=Searched\+2$/);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    expect(await page.locator('input[name=search]').inputValue()).toBe('Searched 2');
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => page.url()).toMatch(/\/admin\/audit$/);
    await expect.poll(() => page.locator('[data-row]').count()).toBeGreaterThan(1);
  });

  it('keeps the search over its pages', async () => {
    await deeds('Paged', 27);
    const page = await web.open('audit?search=Paged');
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(20);
    const next = page.getByRole('button', { name: 'Next page' });
    await next.click();
    await page.waitForURL(/search=Paged&page=2/);
    await expect.poll(() => rows.count()).toBe(7);
    expect(await next.isDisabled()).toBe(true);
    await page.getByText('21–27 of 27').waitFor();
    await page.getByRole('button', { name: 'Previous page' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?search=Paged');
    await expect.poll(() => rows.count()).toBe(20);
  });

  it('is cut by action, outcome, actor and project, all of it in the URL', async () => {
    web.browser.allow(/403/);
    const project = await deeds('Cut', 2);
    const viewer = await web.operator('viewer', [project]);
    await fetch(`${web.server.origin}/manage/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${viewer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ project_id: project }),
    });
    const page = await web.open('audit');
    const rows = page.locator('[data-row]');
    await rows.first().waitFor();
    await page.getByRole('button', { name: /Outcome/ }).click();
    await page.getByRole('option', { name: 'Denied' }).click();
    await page.waitForURL(/outcome=denied/);
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.locator('.badge').innerText()).toBe('Denied');
    expect(await rows.innerText()).toContain('viewer of');
    await page.goBack();
    await page.getByRole('button', { name: /Actor/ }).click();
    await page.getByRole('option', { name: 'Operator' }).click();
    await page.waitForURL(/actor=operator/);
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.innerText()).toContain('viewer of');
    await page.goBack();
    await expect.poll(() => rows.count()).toBeGreaterThan(1);
    await page.getByRole('button', { name: /Action/ }).click();
    await page.getByRole('option', { name: 'project.update' }).click();
    await page.waitForURL(/action=project\.update/);
    await page.getByRole('button', { name: /Project/ }).click();
    await page.getByRole('option', { name: 'Cut' }).click();
    await page.waitForURL(/project_id=/);
    await expect.poll(() => rows.count()).toBe(1);
  });

  it('names the filters that find nothing', async () => {
    const page = await web.open('audit?search=nobody-did-this');
    await page.getByText('No audit events found').waitFor();
    await page.getByText('No event has the text “nobody-did-this”.').waitFor();
    await checkPage(page, 'audit-empty');
    await page.getByRole('button', { name: 'Show all events' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });

  it('takes no secret into its address', async () => {
    const page = await web.open('audit');
    await page.locator('input[name=search]').fill(`sk-wt-${'x'.repeat(40)}`);
    await page.keyboard.press('Enter');
    await page.getByText('This looks like a secret').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('is of the own projects for an operator, without the chain and the files', async () => {
    const [mine] = [await deeds('Mine', 2), await deeds('Other', 2)];
    const page = await web.open('audit', { token: await web.operator('manager', [mine]) });
    await expect.poll(() => page.locator('[data-row]').count()).toBe(2);
    await page.locator('#who-am-i span').first().waitFor();
    expect(await page.getByRole('button', { name: 'Verify now' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: /Export/ }).count()).toBe(0);
  });

  it('is cards on a phone', async () => {
    const project = await deeds('Phone', 2);
    const page = await web.open(`audit?project_id=${project}`, { size: { width: 390, height: 844 } });
    await page.locator('li[data-row]').first().waitFor();
    expect(await page.locator('table').count()).toBe(0);
    await checkPage(page, 'audit-phone');
  });
});
