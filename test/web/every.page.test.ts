import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { hasNoBrowser } from './support/browser.js';
import { checkAccess, checkPage } from './support/check.page.js';
import { PAGES, pagesOf } from './support/pages.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('every page', () => {
  const web = WebSuite.withUpstream();
  let project = '';
  let fill: (path: string) => string;
  beforeAll(async () => void ({ project, fill } = await pagesOf(web)));

  /** Once what it shows has come. */
  async function expectWhole(page: Page, heading: string, title: string): Promise<void> {
    await expect.poll(() => page.locator('h1').allInnerTexts()).toEqual([heading]);
    expect(await page.title()).toBe(`${title} · LLM Proxy`);
    await page.locator('#who-am-i span').first().waitFor();
    await page.locator('main [aria-busy=true]').waitFor({ state: 'detached' });
  }

  it.each(PAGES)('/admin/$path has a heading and a title, and is accessible', async (shown) => {
    const page = await web.open(fill(shown.path));
    await expectWhole(page, shown.heading, shown.title ?? shown.heading);
    await page.locator('#server-time').waitFor({ state: 'attached' });
    await checkPage(page, shown.name);
  });

  it.each(['viewer', 'manager'] as const)('is accessible to a %s too, and complains of nothing', async (role) => {
    const page = await web.open('', { token: await web.operator(role, [project]) });
    for (const { path, heading, title = heading, name } of PAGES) {
      await page.goto(`${web.server.origin}/admin/${fill(path)}`);
      await expectWhole(page, heading, title);
      await checkAccess(page, `${name} of a ${role}`);
    }
  });

  it('is reached by the navigation, and the focus is at its heading', async () => {
    const page = await web.open('');
    await page.getByRole('link', { name: 'Tokens', exact: true }).click();
    await page.waitForURL('**/admin/tokens');
    await expect
      .poll(() => page.evaluate('document.activeElement.tagName + document.activeElement.innerText'))
      .toBe('H1Tokens');
  });

  it('is reached by the palette', async () => {
    const page = await web.open('tokens');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('usage');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/usage');
    await expect.poll(() => page.locator('h1').innerText()).toBe('Usage and cost');
  });
});
