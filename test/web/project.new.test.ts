import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

const KEY = `sk-${'k'.repeat(40)}`;

describe.skipIf(hasNoBrowser)('a new project', () => {
  const web = WebSuite.forTests();

  it('is made of a name and a key, and its page opens', async () => {
    const page = await web.open('projects/new');
    await checkPage(page, 'project-new');
    expect(await page.locator('#api_key').getAttribute('type')).toBe('password');
    await page.locator('#name').fill('Search team');
    await page.locator('#api_key').fill(KEY);
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.getByRole('heading', { level: 1, name: 'Search team' }).waitFor();
    expect(await page.content()).not.toContain(KEY);
  });

  it('is sent once, and says so while the server has not answered', async () => {
    const page = await web.open('projects/new');
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let calls = 0;
    await page.route('**/manage/projects', async (route) => {
      calls += 1;
      await released;
      await route.continue();
    });
    await page.locator('#name').fill('Sent once');
    await page.locator('#api_key').fill(KEY);
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.getByRole('button', { name: 'Creating…' }).click();
    release();
    await page.getByRole('heading', { level: 1, name: 'Sent once' }).waitFor();
    expect(calls).toBe(1);
  });

  it('needs a name and a key', async () => {
    const page = await web.open('projects/new');
    await page.getByRole('button', { name: 'Create Project' }).click();
    expect(
      await page
        .locator('#name')
        .evaluate((input: { validity: { valueMissing: boolean } }) => input.validity.valueMissing),
    ).toBe(true);
    expect(await page.evaluate('document.activeElement.id')).toBe('name');
    await page.locator('#name').fill('Keyless');
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.locator('#api_key[aria-invalid=true]').waitFor();
    expect(await page.locator('h1').innerText()).toBe('New project');
  });

  it('shows what the server refuses at its field', async () => {
    web.browser.allow(/400/);
    const page = await web.open('projects/new');
    await page.locator('#name').fill('Odd');
    await page.locator('#api_key').fill('two words');
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.getByText('api_key must have 1 to 512 visible ASCII characters').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('api_key');
    await checkPage(page, 'project-new-refused');
  });

  it('shows a refusal that is of no field, with its code', async () => {
    web.browser.allow(/409/);
    await web.project('Taken');
    const page = await web.open('projects/new');
    await page.locator('#name').fill('Taken');
    await page.locator('#api_key').fill(KEY);
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('project_exists');
  });
});
